/// Rows in the order of their table's key: what is written one after the other stands side by side.
struct KeyOrder<Key: Hashable & Comparable> {
    private var groups: [Key: [[SQLValue]]] = [:]

    /// - Parameters:
    ///   - key: what the table's key begins with.
    ///   - row: rows of one key come in the order of the rest.
    mutating func add(_ key: Key, _ row: [SQLValue]) { groups[key, default: []].append(row) }

    var rows: [[SQLValue]] { groups.keys.sorted().flatMap { groups[$0] ?? [] } }
}
