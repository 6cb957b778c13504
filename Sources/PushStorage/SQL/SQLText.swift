/// `(?, ?, ?)` for at least that many arguments; never empty. Lists come in few lengths, so that a database needn't parse as many
/// statements as there are lengths: fill the list up with ``padded(_:)``.
func placeholders(_ count: Int) -> String {
    precondition(count > 0, "an empty list of arguments makes no SQL")
    return "(" + repeatElement("?", count: paddedCount(count)).joined(separator: ", ") + ")"
}

/// The list with its last value repeated, as long as ``placeholders(_:)`` makes it. Only for lists where a value may come twice.
func padded(_ values: [SQLValue]) -> [SQLValue] {
    guard let last = values.last else { return [] }
    return values + repeatElement(last, count: paddedCount(values.count) - values.count)
}

/// The next power of two.
private func paddedCount(_ count: Int) -> Int {
    count <= 1 ? 1 : 1 << (Int.bitWidth - (count - 1).leadingZeroBitCount)
}
