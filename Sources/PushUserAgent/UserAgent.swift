import NIOCore
import Synchronization
import WebPush

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A user agent of our own: becomes a device at a push service that speaks Firefox's WebSocket protocol, and stays one.
///
/// Messages are delivered at least once. Each is acknowledged after the listener took it and the identity file remembers it; one
/// that comes again nevertheless (a crash in between, a lost acknowledgement) is dropped if the file remembers it.
public final class UserAgent: Sendable {
    private let socket: PushSocket
    private let file: IdentityFile
    private let settings: UserAgentSettings
    private let session: Mutex<UserAgentSession>
    private let now: @Sendable () -> Date
    private let pause: @Sendable (_ seconds: Double) async throws -> Void

    /// - Parameters:
    ///   - file: read now; an identity is made when there is none yet.
    ///   - pause: waits between two connections.
    /// - Throws: `identityFile` when the file cannot be read.
    public init(
        address: PushServiceAddress, identity file: IdentityFile, settings: UserAgentSettings = .init(),
        now: @escaping @Sendable () -> Date = { Date() },
        pause: @escaping @Sendable (_ seconds: Double) async throws -> Void = { try await Task.sleep(for: .seconds($0)) }
    ) throws(UserAgentError) {
        socket = PushSocket(address: address, settings: settings)
        self.file = file
        self.settings = settings
        session = Mutex(UserAgentSession(identity: try file.load() ?? UserAgentIdentity(), settings: settings))
        self.now = now
        self.pause = pause
    }

    /// As it is now, on the disk or about to be.
    public var identity: UserAgentIdentity { session.withLock { $0.identity } }

    /// Connects, and connects again, until the task is cancelled: then it returns.
    ///
    /// - Throws: what the listener threw, or `identityFile`: without the file a repeat could not be told from a new message.
    public func run(for listener: some UserAgentListener) async throws {
        var reconnect = settings.reconnect
        var random = SystemRandomNumberGenerator()
        while !Task.isCancelled {
            let reason = try await connectOnce(listener)
            guard !Task.isCancelled else { return }
            let delaySeconds = reconnect.delaySeconds(
                greetedAt: session.withLock { $0.greetedAt }, closeCode: reason.closeCode, now: now(), random: &random)
            session.withLock { $0.disconnected() }
            listener.happened(.disconnected(reason, retryInSeconds: delaySeconds))
            do { try await pause(delaySeconds) } catch is CancellationError { return }
        }
    }

    // MARK: One connection

    /// - Returns: why the connection ended, when another one may do better.
    private func connectOnce(_ listener: some UserAgentListener) async throws -> UserAgentError {
        do {
            let key = try await asked { try await listener.applicationServerKey() }
            let connection = try await socket.open()
            try await connection.executeThenClose { inbound, outbound in
                try await serve(Wire(inbound: inbound, outbound: outbound), key, listener)
            }
            return UserAgentError(.connectionLost, "The push service closed the connection")
        } catch let error as UserAgentError {
            return error
        } catch let ending as Ending {
            if Task.isCancelled { return UserAgentError(.connectionLost, "cancelled") }
            throw ending.cause
        } catch {
            return UserAgentError(.connectionLost, "The connection to the push service broke: \(error)", cause: error)
        }
    }

    private struct Wire: Sendable {
        let inbound: NIOAsyncChannelInboundStream<SocketEvent>
        let outbound: NIOAsyncChannelOutboundWriter<String>
    }

    /// An error that no new connection mends.
    private struct Ending: Error {
        let cause: any Error
    }

    private func serve(_ wire: Wire, _ key: String, _ listener: some UserAgentListener) async throws {
        let hello = session.withLock {
            $0.connected(
                applicationServerKey: key, freshChannelID: UserAgentIdentity.freshChannelID(), now: now())
        }
        try await perform(hello, wire, listener)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.read(wire, listener) }
            group.addTask { try await self.watchTime(wire, listener) }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func read(_ wire: Wire, _ listener: some UserAgentListener) async throws {
        for try await event in wire.inbound {
            switch event {
            case .text(let text):
                try await perform(session.withLock { $0.received(text, now: now()) }, wire, listener)
            case .closed(let code, let reason):
                throw UserAgentError(
                    .closedByServer,
                    "The push service closed the connection: code \(code.map(String.init) ?? "none") \(reason)",
                    closeCode: code)
            }
        }
    }

    private func watchTime(_ wire: Wire, _ listener: some UserAgentListener) async throws {
        while let deadline = session.withLock({ $0.deadline }) {
            try await Task.sleep(for: .seconds(max(0.001, deadline.timeIntervalSince(now()))))
            try await perform(session.withLock { $0.tick(now: now()) }, wire, listener)
        }
    }

    // MARK: Actions

    private func perform(
        _ actions: [UserAgentSession.Action], _ wire: Wire, _ listener: some UserAgentListener
    ) async throws {
        for action in actions {
            switch action {
            case .save: try save()
            // A failed write means that the connection has ended: reading on tells why.
            case .send(let frame): try? await wire.outbound.write(frame.text)
            case .announce:
                let deviceID = try await announce(listener)
                try await perform(session.withLock { $0.named(deviceID) }, wire, listener)
            case .deliver(let frame, let message):
                try await delivered { try await listener.received(message) }
                try await perform(session.withLock { $0.handled(frame) }, wire, listener)
            case .report(.undecryptable(let version, let reason)):
                listener.happened(.undecryptable(version: version, reason: reason))
            case .report(.unreadableFrame): listener.happened(.unreadableFrame)
            case .disconnect(let code, let message): throw UserAgentError(code, message)
            }
        }
    }

    private func save() throws {
        do { try file.save(identity) } catch { throw Ending(cause: error) }
    }

    private func announce(_ listener: some UserAgentListener) async throws -> String? {
        guard let subscription = identity.subscription else { return nil }
        return try await asked { try await listener.subscribed(subscription) }
    }

    /// A listener that cannot answer now may be asked again with the next connection.
    private func asked<Answer>(_ question: () async throws -> Answer) async throws -> Answer {
        do {
            return try await question()
        } catch let error as UserAgentError where error.code == .tryAgain {
            throw error
        } catch {
            throw Ending(cause: error)
        }
    }

    private func delivered(_ handOver: () async throws -> Void) async throws {
        do { try await handOver() } catch { throw Ending(cause: error) }
    }
}
