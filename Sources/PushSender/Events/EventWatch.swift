#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif
import Synchronization

/// Wakes those who read events as they happen. One look at the database serves all of a node's readers: at once when this node wrote
/// something, every second otherwise, for what other nodes wrote.
///
/// Nothing is handed over here: a reader that is woken reads at its own pace, and one that is slow holds nothing but its place.
public final class EventWatch: Sendable {
    public enum Wake: Sendable, Hashable {
        /// There are events after the reader's place.
        case events
        /// The time is over, without any.
        case quiet
        /// The server stops, or the reader was cancelled.
        case closed
    }

    private let store: any EventStore
    private let limits: Limits
    private let now: @Sendable () -> Date
    private let clock: any Clock<Duration>
    private let wakeUp = WakeUp()
    private let readers = Mutex(EventReaders())

    public struct Limits: Sendable, Hashable {
        public var pollSeconds = 1.0
        /// However much is written, the database isn't asked more often.
        public var restMilliseconds = 50
        /// Readers of one App on this node.
        public var readersPerApp = 100

        public init() {}
    }

    public init(
        store: any EventStore, limits: Limits = Limits(), now: @escaping @Sendable () -> Date,
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.store = store
        self.limits = limits
        self.now = now
        self.clock = clock
    }

    /// Says that events may have been written. Never waits.
    public func ring() { wakeUp.signal() }

    /// Looks until cancelled, and then has nothing more for anybody.
    public func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { [self] in
                while (try? await clock.sleep(for: .seconds(limits.pollSeconds))) != nil { ring() }
            }
            for await _ in wakeUp.signals {
                await look()
                try? await clock.sleep(for: .milliseconds(limits.restMilliseconds))
            }
            group.cancelAll()
        }
        close()
        for waiting in readers.withLock({ $0.end() }) { waiting.resume(returning: .closed) }
    }

    /// Sends every reader home, now and from now on, so that nothing keeps an HTTP server from stopping. Who waits for looks goes on.
    public func close() {
        for reader in readers.withLock({ $0.close() }) { reader.resume(returning: .closed) }
    }

    private func look() async {
        let apps = readers.withLock { $0.apps }
        // A database that fails now is asked again in a second; meanwhile nobody is woken.
        let newest = apps.isEmpty ? [:] : (try? await store.newest(of: apps)) ?? [:]
        for (reader, wake) in readers.withLock({ $0.looked(newest, now: now()) }) { reader.resume(returning: wake) }
    }

    // MARK: Reading

    /// Lets somebody read an App's events, as long as the place is kept.
    /// - Returns: nil when the App has as many readers as it may.
    public func enter(_ app: AppID) -> EventPlace? {
        readers.withLock { $0.enter(app, limit: limits.readersPerApp) } ? EventPlace(app, in: self) : nil
    }

    fileprivate func leave(_ app: AppID) { readers.withLock { $0.leave(app) } }

    /// Waits for an event after `position`.
    /// - Parameter seconds: how long; it may be one look longer.
    public func wait(for app: AppID, after position: EventPosition, seconds: Double) async -> Wake {
        await wait(.init(app: app, after: position, until: now().addingTimeInterval(seconds)))
    }

    /// Waits for the next look, whatever it finds.
    public func nextLook() async -> Wake { await wait(nil) }

    private func wait(_ wish: EventReaders.Wish?) async -> Wake {
        let id = readers.withLock { $0.nextID() }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { reader in
                if let wake = readers.withLock({ $0.wait(id, wish, reader) }) { reader.resume(returning: wake) }
            }
        } onCancel: {
            readers.withLock { $0.giveUp(id) }?.resume(returning: .closed)
        }
    }
}

/// A reader's right to read; it ends with it.
public final class EventPlace: Sendable {
    private let app: AppID
    private let watch: EventWatch

    fileprivate init(_ app: AppID, in watch: EventWatch) {
        self.app = app
        self.watch = watch
    }

    deinit { watch.leave(app) }
}
