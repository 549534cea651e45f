use super::{Item, LocalClock, Table, Value, read, write};
use crate::go::time::Zone;

fn reading(text: &str) -> Result<Table, String> {
    read(text.as_bytes(), &LocalClock { zone: Zone::UTC, offset: 0 })
}

fn error(text: &str) -> String {
    reading(text).expect_err(text)
}

fn written(value: &Value) -> Item {
    match value {
        Value::Bool(value) => Item::Bool(*value),
        Value::Int(number) => Item::Int((*number).into()),
        Value::Float(number) => Item::Float(*number),
        Value::Text(text) => Item::Text(text.clone().into_bytes()),
        Value::Time(time, _) => Item::Time(time.clone()),
        Value::List(items) => Item::List(items.iter().map(written).collect()),
        Value::Tables(tables) => Item::List(tables.iter().map(table).collect()),
        Value::Table(part) => table(part),
    }
}

fn table(table: &Table) -> Item {
    Item::Map(table.iter().map(|(key, value)| (key.clone().into_bytes(), written(value))).collect())
}

#[test]
fn parsed_documents_are_written_back() {
    let text = "a = 1\nb = 1.5\nc = \"x\\ty\"\nd = 2021-01-02\ne = 10:11:12.5\nf = 2021-01-02T10:11:12Z\ng = [1, 2]\n\n[t]\n  k = true\n\n[[l]]\n  n = 1\n\n[[l]]\n  n = 2\n";
    let sorted = "a = 1\nb = 1.5\nc = \"x\\ty\"\nd = 2021-01-02\ne = 10:11:12.5\nf = 2021-01-02T10:11:12Z\ng = [1, 2]\n\n[[l]]\n  n = 1\n\n[[l]]\n  n = 2\n\n[t]\n  k = true\n";
    let read = reading(text).unwrap();
    assert_eq!(String::from_utf8(write(&table(&read)).unwrap()).unwrap(), sorted);
}

#[test]
fn strings_numbers_and_keys_of_all_forms() {
    let text = "\"a b\".'c' = \"\"\"\nx\\\n   y\"\"\"\nn = 0x1_F\no = -1_0\nf = -inf\ni = {x = [{y = 1}], z.w = 2}\n";
    let read = reading(text).unwrap();
    let shown = String::from_utf8(write(&table(&read)).unwrap()).unwrap();
    assert_eq!(
        shown,
        "f = -inf\nn = 31\no = -10\n\n[\"a b\"]\n  c = \"xy\"\n\n[i]\n\n  [[i.x]]\n    y = 1\n  [i.z]\n    w = 2\n"
    );
}

#[test]
fn errors_name_the_line_and_the_key() {
    assert_eq!(error("a"), "toml: line 1: unexpected EOF; expected key separator '='");
    assert_eq!(error("a = 1\na = 2"), "toml: line 2 (last key \"a\"): Key 'a' has already been defined.");
    assert_eq!(error("a: 1"), "toml: line 1: expected '.' or '=', but got ':' instead");
    assert_eq!(error("[t]\na = x"), "toml: line 2 (last key \"t.a\"): expected value but found \"x\" instead");
    assert_eq!(error("a = 01"), "toml: line 1 (last key \"a\"): Invalid integer \"01\": cannot have leading zeroes");
}

#[test]
fn deep_values_are_an_error() {
    assert!(error(&format!("a = {}", "[".repeat(100_000))).contains("levels deep"));
    assert!(error(&format!("{} = 1", vec!["a"; 100_000].join("."))).contains("levels deep"));
}

#[test]
fn nil_in_a_list_cannot_be_written() {
    let list = Item::Map(vec![(b"a".to_vec(), Item::List(vec![Item::Int(1), Item::Nil]))]);
    assert_eq!(write(&list).unwrap_err(), "toml: cannot encode array with nil element");
}
