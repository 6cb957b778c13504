/// `(?, ?, ?)` for that many arguments; never empty.
func placeholders(_ count: Int) -> String {
    precondition(count > 0, "an empty list of arguments makes no SQL")
    return "(" + repeatElement("?", count: count).joined(separator: ", ") + ")"
}
