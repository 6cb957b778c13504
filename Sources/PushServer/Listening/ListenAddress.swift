/// Where a listener takes connections.
public struct ListenAddress: Sendable, Hashable, CustomStringConvertible {
    public let host: String
    public let port: Int

    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// - Parameter text: `host:port`; an IPv6 address stands in brackets.
    init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]), (1...65_535).contains(port)
        else { return nil }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard !host.isEmpty, !host.contains("[") else { return nil }
        self.init(host: String(host), port: port)
    }

    /// Whether only programs on this machine reach it.
    var isLoopback: Bool { Self.isLoopback(host) }
    static func isLoopback(_ host: String) -> Bool { ["127.0.0.1", "::1", "localhost"].contains(host) }

    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// One address, and which of the node's roles it serves. Every listener answers for the node's health.
struct Listener: Sendable, Hashable {
    let address: ListenAddress
    let roles: Set<Role>
}

extension ServerSettings {
    var mainAddress: ListenAddress { ListenAddress(host: host, port: port) }

    /// The main address first; it serves every role that has no address of its own.
    var listeners: [Listener] {
        let main = mainAddress
        var roles: [ListenAddress: Set<Role>] = [main: []]
        for role in self.roles.subtracting([.internal]) { roles[listen[role] ?? main, default: []].insert(role) }
        if let address = listen[.internal] { roles[address, default: []].insert(.internal) }
        let others = roles.keys.filter { $0 != main }.sorted { $0.description < $1.description }
        return ([main] + others).map { Listener(address: $0, roles: roles[$0] ?? []) }
    }
}
