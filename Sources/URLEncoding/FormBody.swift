/// A body of `application/x-www-form-urlencoded` (WHATWG URL §5), its fields in the order given. A space becomes `%20`, which readers of
/// forms take as they take `+`.
public func formBody(_ fields: KeyValuePairs<String, String>) -> [UInt8] {
    Array(fields.map { "\(percentEncoded($0))=\(percentEncoded($1))" }.joined(separator: "&").utf8)
}
