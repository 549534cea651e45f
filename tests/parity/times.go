// Prints how Go's time package formats and parses layouts, texts and durations: tests/cases/go/times.txt, which
// src/go/time/tests.rs reads.
//
//	ZONEINFO=tests/cases/go/zoneinfo go run tests/parity/times.go [COUNT SEED] > tests/cases/go/times.txt
//
// Each line is a case: its kind, the input and the output, separated by tabs. Bytes are escaped as by Rust's escape_ascii. The
// time zones are those of tests/cases/go/zoneinfo, which the tests use too.

//go:build ignore

package main

import (
	"fmt"
	"math/rand"
	"os"
	"strconv"
	"strings"
	"time"
)

var elements = []string{
	"January", "Jan", "1", "01", "Monday", "Mon", "2", "_2", "02", "__2", "002", "2006", "06", "15", "3", "03", "4", "04", "5", "05",
	"PM", "pm", "MST", "Z0700", "Z070000", "Z07", "Z07:00", "Z07:00:00", "-0700", "-070000", "-07", "-07:00", "-07:00:00",
	".000", ",000000", ".999", ",9", ".000000000", ".99999999999",
}

var literals = []string{" ", "-", "/", ":", "T", "", "  ", "Month", "Janx", "_2006", ".", ".01", "x", "\xff", "ä", "Z", "0", "GMT"}

var zones = []string{"UTC", "Europe/Berlin", "America/New_York", "Australia/Sydney", "Asia/Kathmandu", "Africa/Monrovia", "America/Sao_Paulo"}

var durations = []string{
	"", "0", "+0", "-0", "1", "h", "-", "1h", "1.5h", ".5s", "1.s", ".s", "1d", "1h2", "1µs", "1μs", "1us3ns", "2562047h47m16.854775807s",
	"-2562047h47m16.854775808s", "9223372036854775808ns", "0.9223372036854775807h", "0.100000000000000000000h", "1e3s", "1H", "1 h",
	"\xff", "1\"", "1m1m1m", "10000000000000000000ns", "3000000h",
}

// escaped escapes bytes as Rust's escape_ascii does.
func escaped(text string) string {
	var out strings.Builder
	for _, c := range []byte(text) {
		switch {
		case c == '\t':
			out.WriteString(`\t`)
		case c == '\n':
			out.WriteString(`\n`)
		case c == '\r':
			out.WriteString(`\r`)
		case c == '\'' || c == '"' || c == '\\':
			out.WriteByte('\\')
			out.WriteByte(c)
		case c < ' ' || c >= 0x7f:
			fmt.Fprintf(&out, `\x%02x`, c)
		default:
			out.WriteByte(c)
		}
	}
	return out.String()
}

func row(fields ...string) {
	for i, field := range fields {
		if i > 0 {
			fmt.Print("\t")
		}
		fmt.Print(escaped(field))
	}
	fmt.Println()
}

func pick(random *rand.Rand, texts []string) string {
	return texts[random.Intn(len(texts))]
}

func layout(random *rand.Rand) string {
	var out strings.Builder
	for range 1 + random.Intn(5) {
		out.WriteString(pick(random, elements))
		out.WriteString(pick(random, literals))
	}
	return out.String()
}

func instant(random *rand.Rand, zone *time.Location) time.Time {
	seconds := random.Int63n(8e9) - 4e9
	if random.Intn(10) == 0 {
		seconds = random.Int63n(1<<60) - 1<<59
	}
	nanoseconds := int64(0)
	if random.Intn(2) == 0 {
		nanoseconds = []int64{1, 500000000, 999999999, 120000, 80900000}[random.Intn(5)]
	}
	return time.Unix(seconds, nanoseconds).In(zone)
}

// changed returns the text, with or without a mistake in it.
func changed(random *rand.Rand, text string) string {
	if len(text) == 0 || random.Intn(2) == 0 {
		return text
	}
	at := random.Intn(len(text))
	switch random.Intn(4) {
	case 0:
		return text[:at]
	case 1:
		return text[:at] + string("0159-+: aZ.,x"[random.Intn(13)]) + text[at+1:]
	case 2:
		return text[:at] + text[at+1:]
	default:
		return text + string("0 .Z5"[random.Intn(5)])
	}
}

func parsed(text, layout, zone string, location *time.Location) {
	time, err := time.ParseInLocation(layout, text, location)
	if err != nil {
		row("parse", zone, layout, text, err.Error())
	} else {
		row("parse", zone, layout, text, time.String())
	}
}

func duration(text string) {
	duration, err := time.ParseDuration(text)
	if err != nil {
		row("duration", text, err.Error())
		return
	}
	row("duration", text, duration.String())
	row("round", text, duration.Round(time.Minute).String(), duration.Truncate(time.Minute).String(), fmt.Sprint(duration.Hours()))
}

func main() {
	count, seed := 300, int64(1)
	if len(os.Args) == 3 {
		count, _ = strconv.Atoi(os.Args[1])
		seed, _ = strconv.ParseInt(os.Args[2], 10, 64)
	}
	random := rand.New(rand.NewSource(seed))
	for _, text := range durations {
		duration(text)
	}
	for range count {
		name := pick(random, zones)
		location, err := time.LoadLocation(name)
		if err != nil {
			panic(err)
		}
		at := instant(random, location)
		layout := layout(random)
		row("format", name, fmt.Sprint(at.Unix()), fmt.Sprint(at.Nanosecond()), layout, at.Format(layout))
		parsed(changed(random, at.Format(layout)), layout, name, location)
		standard := pick(random, []string{time.RFC3339, time.RFC3339Nano, time.RFC1123, time.RFC1123Z, time.RFC850, time.DateTime, time.ANSIC, time.Kitchen, "2006-01-02 15:04:05.999999999 -0700 MST", "2006-002", "2006 Jan 2 MST"})
		parsed(changed(random, at.Format(standard)), standard, name, location)
		years, months, days := random.Intn(9)-4, random.Intn(30)-15, random.Intn(900)-450
		row("add", name, fmt.Sprint(at.Unix()), fmt.Sprint(at.Nanosecond()), fmt.Sprint(years), fmt.Sprint(months), fmt.Sprint(days),
			at.AddDate(years, months, days).String())
		unit := time.Duration(1 + random.Int63n(1<<uint(random.Intn(50)+1)))
		year, week := at.ISOWeek()
		row("unit", name, fmt.Sprint(at.Unix()), fmt.Sprint(at.Nanosecond()), fmt.Sprint(int64(unit)),
			at.Round(unit).String(), at.Truncate(unit).String(), fmt.Sprint(year, week, at.YearDay(), at.Weekday(), at.IsDST()))
		duration(changed(random, time.Duration(random.Uint64()>>uint(random.Intn(63))).String()))
	}
}
