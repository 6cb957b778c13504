/// A field of a patch: left out, null, or with a value.
enum OrAbsent<Value: Decodable>: Sendable where Value: Sendable {
    case absent
    case null
    case value(Value)

    init<Key: CodingKey>(_ fields: KeyedDecodingContainer<Key>, _ key: Key) throws {
        if !fields.contains(key) {
            self = .absent
        } else if try fields.decodeNil(forKey: key) {
            self = .null
        } else {
            self = .value(try fields.decode(Value.self, forKey: key))
        }
    }
}
