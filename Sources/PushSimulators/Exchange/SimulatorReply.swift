/// What goes back: status, headers, body.
public struct SimulatorReply: Sendable {
    public typealias Header = (name: String, value: String)

    public var status: Int
    /// Names in lower case.
    public var headers: [Header]
    public var body: [UInt8]

    public init(_ status: Int, headers: [Header] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// A reply whose body is JSON text.
    static func json(_ status: Int, _ text: String, headers: [Header] = []) -> SimulatorReply {
        SimulatorReply(status, headers: [("content-type", "application/json; charset=UTF-8")] + headers, body: Array(text.utf8))
    }

    public func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

    public var text: String { String(decoding: body, as: UTF8.self) }
}
