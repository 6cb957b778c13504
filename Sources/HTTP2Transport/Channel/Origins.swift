import AddressRule
import HTTPTransport
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// All origins that requests went to lately, and whether more may come.
final class Origins: Sendable {
    /// Above this many, those without connections are forgotten: the URLs of subscriptions name any number of hosts.
    private static let keptOrigins = 1000

    private let settings: HTTP2TransportSettings
    private let addressRule: AllowedAddresses
    private let loops: any EventLoopGroup
    private let resolver: @Sendable (any EventLoop) -> any Resolver & Sendable
    private let state = Mutex(State())

    private struct State {
        var origins: [Key: Origin] = [:]
        /// For all who show no certificate: reading the system's authorities takes milliseconds.
        var tls: NIOSSLContext?
        var senders = 0
        var isShutDown = false
        var waitingForSenders: [CheckedContinuation<Void, Never>] = []
    }

    private struct Key: Hashable {
        let origin: HTTPOrigin
        let group: ConnectionGroup
    }

    init(
        settings: HTTP2TransportSettings, addressRule: AllowedAddresses, loops: any EventLoopGroup,
        resolver: @escaping @Sendable (any EventLoop) -> any Resolver & Sendable
    ) {
        self.settings = settings
        self.addressRule = addressRule
        self.loops = loops
        self.resolver = resolver
    }

    func origin(_ origin: HTTPOrigin, _ group: ConnectionGroup) throws(TransportError) -> Origin {
        let key = Key(origin: origin, group: group)
        if let known = state.withLock({ $0.origins[key] }) { return known }
        let tls = try tlsContext(group.identity)
        let connector = Connector(
            origin: origin, group: group, addressRule: addressRule, settings: settings, tls: tls, resolver: resolver)
        return state.withLock { state in
            if let known = state.origins[key] { return known }
            if state.origins.count >= Self.keptOrigins { state.origins = state.origins.filter { !$0.value.isDisposable } }
            let new = Origin(connector, on: loops)
            state.origins[key] = new
            return new
        }
    }

    private func tlsContext(_ identity: TLSIdentity?) throws(TransportError) -> NIOSSLContext {
        if identity == nil, let tls = state.withLock({ $0.tls }) { return tls }
        do {
            let tls = try Connector.tlsContext(settings, identity: identity)
            if identity == nil { state.withLock { $0.tls = tls } }
            return tls
        } catch {
            throw TransportError(.untrusted, "the certificates for TLS can't be used: \(error)")
        }
    }

    // MARK: Who sends

    /// - Returns: false after ``shutDown()`` has begun.
    func begin() -> Bool {
        state.withLock { state in
            if !state.isShutDown { state.senders += 1 }
            return !state.isShutDown
        }
    }

    func end() {
        let waiting = state.withLock { state in
            state.senders -= 1
            guard state.senders == 0 else { return [CheckedContinuation<Void, Never>]() }
            defer { state.waitingForSenders = [] }
            return state.waitingForSenders
        }
        for continuation in waiting { continuation.resume() }
    }

    func shutDown() async {
        await withCheckedContinuation { continuation in
            let isQuiet = state.withLock { state in
                state.isShutDown = true
                if state.senders > 0 { state.waitingForSenders.append(continuation) }
                return state.senders == 0
            }
            if isQuiet { continuation.resume() }
        }
        let origins = state.withLock { state in
            defer { state.origins = [:] }
            return Array(state.origins.values)
        }
        for origin in origins { await origin.shutDown() }
    }
}
