"""Finds the fields of Kubernetes' Go types that are pointers: there, the API server distinguishes zero from nothing."""

import pathlib
import subprocess
import tempfile

import server

MAIN = """package main

import (
	"fmt"
	"reflect"
	"sort"
	"strings"

	extensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/client-go/kubernetes/scheme"
	aggregator "k8s.io/kube-aggregator/pkg/apis/apiregistration/v1"
)

type named interface{ OpenAPIModelName() string }

var seen = map[reflect.Type]bool{}
var lines []string

func name(of reflect.Type) string {
	if model, is := reflect.Zero(of).Interface().(named); is {
		return strings.TrimPrefix(model.OpenAPIModelName(), "io.k8s.")
	}
	return ""
}

func visit(of reflect.Type) {
	switch of.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		visit(of.Elem())
	case reflect.Struct:
		if !seen[of] {
			seen[of] = true
			fields(name(of), of)
		}
	}
}

func fields(owner string, of reflect.Type) {
	for at := 0; at < of.NumField(); at++ {
		field := of.Field(at)
		key, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		if strings.Contains(options, "inline") {
			inner := field.Type
			if inner.Kind() == reflect.Pointer {
				inner = inner.Elem()
			}
			fields(owner, inner)
			continue
		}
		if key == "" || key == "-" {
			continue
		}
		if owner != "" && field.Type.Kind() == reflect.Pointer {
			lines = append(lines, owner+" "+key)
		}
		visit(field.Type)
	}
}

func main() {
	for _, of := range scheme.Scheme.AllKnownTypes() {
		visit(of)
	}
	visit(reflect.TypeOf(extensions.CustomResourceDefinition{}))
	visit(reflect.TypeOf(aggregator.APIService{}))
	sort.Strings(lines)
	fmt.Println(strings.Join(lines, "\\n"))
}
"""


def pointers():
    """Returns the fields that are pointers, as pairs of the names of a type and a field."""
    with tempfile.TemporaryDirectory(prefix="go-types.") as folder:
        server.build(pathlib.Path(folder), MAIN)
        printed = subprocess.run([f"{folder}/built"], check=True, capture_output=True, text=True).stdout
    return {tuple(line.split(" ")) for line in printed.split("\n") if line}
