public import NIOCore
public import NIOPosix

/// Resolves a name and drops every address that the rule forbids, so that the address that is connected to is one that was checked.
/// A name that has only forbidden addresses fails with ``ForbiddenAddress``.
///
/// As all resolvers of NIO it serves one connect; a name is looked up again for each.
public struct CheckedResolver: Resolver, Sendable {
    private let rule: AllowedAddresses
    private let source: any Resolver & Sendable

    /// The system's resolver, its answers in random order: providers spread their load by DNS.
    public init(_ rule: AllowedAddresses, on loop: any EventLoop) {
        self.init(rule, over: NIORandomizedDNSResolver(loop: loop))
    }

    /// - Parameter source: asked for the addresses.
    public init(_ rule: AllowedAddresses, over source: any Resolver & Sendable) {
        self.rule = rule
        self.source = source
    }

    public func initiateAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
        source.initiateAQuery(host: host, port: port).flatMapThrowing { try allowed($0) }
    }

    public func initiateAAAAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
        source.initiateAAAAQuery(host: host, port: port).flatMapThrowing { try allowed($0) }
    }

    public func cancelQueries() { source.cancelQueries() }

    /// Looks a name up and throws away what it finds: for a client that resolves by itself and takes no resolver.
    /// - Throws: ``ForbiddenAddress`` where no address of the name may be connected to. A name that can't be resolved passes: the
    ///   client will say so.
    public func check(host: String, port: Int) async throws(ForbiddenAddress) {
        let version6 = initiateAAAAQuery(host: host, port: port)
        let version4 = initiateAQuery(host: host, port: port)
        var refusal: ForbiddenAddress?
        for query in [version6, version4] {
            do { if try await !query.get().isEmpty { return } } catch { refusal = refusal ?? error as? ForbiddenAddress }
        }
        if let refusal { throw refusal }
    }

    private func allowed(_ addresses: [SocketAddress]) throws(ForbiddenAddress) -> [SocketAddress] {
        let allowed = addresses.filter { address in (try? rule.check(address)) != nil }
        if allowed.isEmpty, let first = addresses.first { try rule.check(first) }
        return allowed
    }
}
