import NIOCore
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension UserAgent {
    /// A connection that is open.
    struct Wire: Sendable {
        let inbound: NIOAsyncChannelInboundStream<SocketEvent>
        let outbound: NIOAsyncChannelOutboundWriter<SocketFrame>
    }

    /// One connection after the other.
    func stayConnected() async throws {
        while true {
            let reason = try await connectOnce()
            try Task.checkCancellation()
            if reason.closeCode == CloseCode.replaced { throw replaced(reason) }
            let delaySeconds = try leave(after: reason)
            observer(.disconnected(reason, retryInSeconds: delaySeconds))
            let wasRung = try await betweenConnections.wait { try await self.sleep(delaySeconds) }
            if !wasRung { core.withLock { $0.reconnect.waited() } }
        }
    }

    private func replaced(_ reason: UserAgentError) -> UserAgentError {
        UserAgentError(
            .replaced, "Another process uses the identity of this user agent. Give each a store of its own.",
            closeCode: reason.closeCode, cause: reason)
    }

    /// - Returns: seconds to wait.
    private func leave(after reason: UserAgentError) throws -> Double {
        var random = SystemRandomNumberGenerator()
        let (delaySeconds, actions) = core.withLock { core in
            let delaySeconds = core.reconnect.delaySeconds(
                greetedAt: core.session.greetedAt, closeCode: reason.closeCode, now: now(), random: &random)
            return (delaySeconds, core.session.disconnected(silently: reason.code == .connectionLost, now: now()))
        }
        do {
            if actions.contains(.save) { try save() }
        } catch let ending as Ending {
            throw ending.cause
        }
        return delaySeconds
    }

    /// - Returns: why the connection ended, when another one may do better.
    private func connectOnce() async throws -> UserAgentError {
        do {
            let connection = try await socket.open()
            try await connection.executeThenClose { inbound, outbound in
                try await serve(Wire(inbound: inbound, outbound: outbound))
            }
            return UserAgentError(.connectionLost, "The push service closed the connection")
        } catch let error as UserAgentError {
            return error
        } catch let ending as Ending {
            throw ending.cause
        } catch {
            return UserAgentError(.connectionLost, "The connection to the push service broke: \(error)", cause: error)
        }
    }

    private func serve(_ wire: Wire) async throws {
        let hello = core.withLock { core in
            core.wire = wire
            return core.session.connected(now: now())
        }
        defer { core.withLock { $0.wire = nil } }
        try await perform(hello, wire)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.read(wire) }
            group.addTask { try await self.watchTime(wire) }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func read(_ wire: Wire) async throws {
        for try await event in wire.inbound {
            switch event {
            case .text(let text): try await perform(core.withLock { $0.session.received(text, now: now()) }, wire)
            case .lifeSign: try await perform(core.withLock { $0.session.heard(now: now()) }, wire)
            case .closed(let code, let reason):
                throw UserAgentError(
                    .closedByServer,
                    "The push service closed the connection: code \(code.map(String.init) ?? "none") \(reason)",
                    closeCode: code)
            }
        }
    }

    private func watchTime(_ wire: Wire) async throws {
        while true {
            try await untilDeadline.wait {
                let deadline = self.core.withLock { $0.session.deadline } ?? .distantFuture
                try await Task.sleep(for: .seconds(min(86_400, max(0.001, deadline.timeIntervalSince(self.now())))))
            }
            try await perform(core.withLock { $0.session.tick(now: now()) }, wire)
        }
    }

    // MARK: Actions

    /// - Parameter wire: the connection that the actions are meant for; nil when there was none.
    func perform(_ actions: [UserAgentSession.Action], _ wire: Wire?) async throws {
        for action in actions {
            switch action {
            case .save: try save()
            // A failed write means that the connection has ended: reading on tells why.
            case .send(let frame): try? await wire?.outbound.write(.text(frame.text))
            case .probe: try? await wire?.outbound.write(.probe)
            case .ask(let app): desk(app).put(.key)
            case .refuse(let app, let reason): desk(app).put(.keyLater(UserAgentError(.refused, reason)))
            case .announce(let app): desk(app).put(.subscription)
            case .deliver(let app, let frame, let message): desk(app).put(AppDesk.Delivery(frame: frame, message: message))
            case .report(let report): observer(UserAgentEvent(report))
            case .disconnect(let code, let message): throw UserAgentError(code, message)
            }
        }
    }

    private func desk(_ app: String) -> AppDesk { core.withLock { $0.desk(app) } }
}

extension UserAgentEvent {
    fileprivate init(_ report: UserAgentSession.Report) {
        switch report {
        case .connected: self = .connected
        case .undecryptable(let app, let version, let reason): self = .undecryptable(app: app, version: version, reason: reason)
        case .unreadableFrame: self = .unreadableFrame
        }
    }
}
