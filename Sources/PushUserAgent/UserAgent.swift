import Synchronization
public import WebPush

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A user agent of our own: becomes a device at a push service that speaks Firefox's WebSocket protocol, and stays one. Over its one
/// connection it serves any number of apps.
///
/// Messages are delivered at least once. Each is acknowledged after its app took it and the store remembers it; one that comes again
/// nevertheless (a crash in between, a lost acknowledgement) is dropped if the store remembers it.
public final class UserAgent: Sendable {
    let socket: PushSocket
    let store: any UserAgentStore
    let observer: @Sendable (UserAgentEvent) -> Void
    let now: @Sendable () -> Date
    let sleep: @Sendable (_ seconds: Double) async throws -> Void
    let core: Mutex<Core>
    /// Desks that an app has taken a seat at.
    let openings: AsyncStream<Opening>
    private let opening: AsyncStream<Opening>.Continuation
    /// Between two connections.
    let betweenConnections = Pause()
    /// Until the session's deadline.
    let untilDeadline = Pause()
    /// Held while the store is written.
    private let saving = Mutex(())

    struct Opening: Sendable {
        let desk: AppDesk
        let app: any UserAgentApp
    }

    /// What all tasks share.
    struct Core: Sendable {
        var session: UserAgentSession
        var reconnect: ReconnectPolicy
        /// The connection, while there is one.
        var wire: Wire?
        var desks: [String: AppDesk] = [:]
        var isLeaving = false
    }

    /// - Parameters:
    ///   - store: loaded now; an identity is made when there is none yet.
    ///   - observer: told of what befalls the user agent, from any task.
    ///   - sleep: waits, between two connections and before an app is asked again.
    /// - Throws: what the store throws.
    public init(
        address: PushServiceAddress, store: any UserAgentStore, settings: UserAgentSettings = .init(),
        observer: @escaping @Sendable (UserAgentEvent) -> Void = { _ in }, now: @escaping @Sendable () -> Date = { Date() },
        sleep: @escaping @Sendable (_ seconds: Double) async throws -> Void = { try await Task.sleep(for: .seconds($0)) }
    ) throws {
        socket = PushSocket(address: address, settings: settings)
        self.store = store
        self.observer = observer
        self.now = now
        self.sleep = sleep
        let session = UserAgentSession(identity: try store.load() ?? UserAgentIdentity(), settings: settings)
        core = Mutex(Core(session: session, reconnect: settings.reconnect))
        (openings, opening) = AsyncStream.makeStream()
    }

    /// As it is now, in the store or about to be.
    public var identity: UserAgentIdentity { core.withLock { $0.session.identity } }

    /// Connects, and connects again, until the task is cancelled or ``shutDown()``: then it returns. To be called once.
    ///
    /// - Throws: `replaced`; what an app threw, unless it was `tryAgain`; what the store threw, since without it a repeat could not
    ///   be told from a new message.
    public func run() async throws {
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await self.stayConnected() }
                group.addTask { try await self.serveApps() }
                defer { group.cancelAll() }
                try await group.next()
            }
        } catch {
            if !Task.isCancelled { throw error }
        }
    }

    /// Lets ``run()`` return in good order: no message is begun any more, and those that apps are at are waited for and acknowledged.
    /// To wait no longer, cancel the task.
    public func shutDown() {
        let desks = core.withLock { core in
            core.isLeaving = true
            return core.desks.values
        }
        for desk in desks { desk.close() }
        opening.finish()
    }

    // MARK: Apps

    /// Serves an app from now on: before ``run()`` or while it runs.
    ///
    /// - Parameter name: the app's place in the store. Messages for a name in the store that no app is registered under wait.
    /// - Throws: what the store throws. Nothing happens when the name is taken by an app that is being served.
    public func register(_ app: some UserAgentApp, as name: String = UserAgentIdentity.onlyApp) async throws {
        let (actions, wire, desk) = core.withLock { core in
            let isServed = core.session.apps.contains(name)
            let desk = isServed || core.isLeaving ? nil : core.desk(name)
            return (desk == nil ? [] : core.session.add(name), core.wire, desk)
        }
        guard let desk else { return }
        opening.yield(Opening(desk: desk, app: app))
        try await performForCaller(actions, wire)
    }

    /// Ends an app's registration: its endpoint is closed and its keys are deleted. Offline, the push service hears of it with the
    /// next connection.
    ///
    /// - Throws: what the store throws.
    public func unregister(_ name: String) async throws {
        let (actions, wire, desk) = core.withLock { core in
            (core.session.remove(name), core.wire, core.desks.removeValue(forKey: name))
        }
        desk?.close()
        try await performForCaller(actions, wire)
    }

    private func performForCaller(_ actions: [UserAgentSession.Action], _ wire: Wire?) async throws {
        do {
            try await perform(actions, wire)
        } catch let ending as Ending {
            throw ending.cause
        }
    }

    // MARK: What the device knows

    /// The device is on another network, or on one again. The connection must answer at once; without one, one attempt is made out
    /// of turn. How long a connection may be silent is learned for each network.
    ///
    /// - Parameter network: whatever identifies it, such as `wifi:` and the SSID; nil when that isn't known.
    public func networkChanged(to network: String? = nil) async {
        await doubt(network)
        // While nobody waits, the one attempt out of turn is kept for when somebody does.
        let mayJump = core.withLock { $0.wire == nil && betweenConnections.isWaitedIn && $0.reconnect.mayConnectAtOnce() }
        if mayJump { betweenConnections.ring() }
    }

    /// The device slept and is awake. The connection must answer at once.
    public func resumed() async { await networkChanged() }

    /// From now on only messages as urgent as this are worth waking the device for. The others come with the next that is, or with
    /// the next ping. A push service that doesn't know of this (Mozilla's) sends everything at once.
    public func wake(for urgency: Urgency) async {
        let (actions, wire) = core.withLock { ($0.session.want(urgency), $0.wire) }
        try? await perform(actions, wire)
    }

    private func doubt(_ network: String?) async {
        let (actions, wire) = core.withLock { ($0.session.doubted(network: network, now: now()), $0.wire) }
        try? await perform(actions, wire)
        untilDeadline.ring()
    }

    // MARK: The store

    /// Writes what is newest, whoever asks.
    func save() throws {
        let failure: (any Error)? = saving.withLock { _ in
            do {
                try store.save(identity)
                return nil
            } catch {
                return error
            }
        }
        if let failure { throw Ending(cause: failure) }
    }

    /// An error that no new connection mends.
    struct Ending: Error {
        let cause: any Error
    }
}

extension UserAgent.Core {
    /// The app's desk, or a new one. Messages for an app that isn't there yet wait at it.
    mutating func desk(_ name: String) -> AppDesk {
        if let desk = desks[name] { return desk }
        let desk = AppDesk(name: name)
        if isLeaving { desk.close() }
        desks[name] = desk
        return desk
    }
}
