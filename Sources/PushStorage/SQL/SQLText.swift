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

extension SQLConnection {
    /// A SELECT that ends in `IN`, for as many values as there are, in lists of one length or another.
    /// - Parameters:
    ///   - before: the arguments before the list.
    ///   - tail: what comes after it.
    func rows(_ sql: String, in values: [SQLValue], before: [SQLValue] = [], tail: String = "") throws -> [SQLRow] {
        let limit = 128
        return try stride(from: 0, to: values.count, by: limit).flatMap { start in
            let part = Array(values[start..<min(start + limit, values.count)])
            return try rows("\(sql) \(placeholders(part.count))\(tail)", before + padded(part))
        }
    }
}
