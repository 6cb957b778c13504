import JSON

/// A command that came out of a table or a queue instead of over HTTP: `{"method":"device_list","payload":{…}}`, as the original's
/// consumers read it. The payload is an object, or text that is one: Debezium makes text of a column of JSON.
enum ConsumedRecord: Hashable {
    case command(method: String, parameters: [UInt8])
    /// What is left of a row that was deleted.
    case tombstone
    /// Nobody will ever read it.
    case garbage(String)

    /// - Parameter value: a record's value; nil and `null` for none.
    init(value: [UInt8]?) {
        guard let value, !value.isEmpty, !GoJSON.isNull(value[...]) else {
            self = .tombstone
            return
        }
        self = Self.reading {
            try GoJSON.check(value)
            let members = try GoJSON.members(value[...])
            return try Self.made(members["method"].map(Self.text), members["payload"].map(Array.init))
        }
    }

    /// - Parameter payload: JSON.
    init(method: String?, payload: String?) {
        self = Self.reading { try Self.made(method, payload.map { Array($0.utf8) }) }
    }

    private static func reading(_ read: () throws -> Self) -> Self {
        do { return try read() } catch let error as MalformedBody { return .garbage(error.problem) } catch { return .garbage("\(error)") }
    }

    private static func made(_ method: String?, _ payload: [UInt8]?) throws -> Self {
        guard let method, !method.isEmpty else { throw MalformedBody("method: it is missing") }
        return .command(method: method, parameters: try parameters(payload ?? Array("null".utf8)))
    }

    /// Byte for byte as they were written.
    private static func parameters(_ payload: [UInt8]) throws -> [UInt8] {
        guard payload.first(where: { $0 > 0x20 }) == UInt8(ascii: "\"") else { return try checked(payload) }
        return try checked(Array(text(payload[...]).utf8))
    }

    private static func checked(_ parameters: [UInt8]) throws -> [UInt8] {
        try GoJSON.check(parameters)
        _ = try GoJSON.members(parameters[...])
        return parameters
    }

    private static func text(_ json: ArraySlice<UInt8>) throws -> String { try GoJSON.decode(String.self, Array(json)) }
}
