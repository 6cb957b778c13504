import Logging
import PushStorage
import ServiceLifecycle
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// When keys were used last, remembered here until somebody writes it down: a request doesn't wait for that.
final class KeyUses: Sendable {
    private let moments = Mutex<[String: Date]>([:])

    func note(_ key: APIKey, at moment: Date) { moments.withLock { $0[key.id] = moment } }

    /// What has come together since the last time.
    func takeAll() -> [String: Date] {
        moments.withLock { moments in
            defer { moments = [:] }
            return moments
        }
    }

    /// Puts back what couldn't be written.
    func putBack(_ old: [String: Date]) { moments.withLock { $0.merge(old) { new, _ in new } } }
}

/// Writes down once a minute, and at the end, when keys were used. What a killed server knew of its last minute is lost.
struct KeyUseService: Service {
    let uses: KeyUses
    let store: SQLKeyStore
    let logger: Logger
    let clock: any Clock<Duration>

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while (try? await clock.sleep(for: .seconds(60))) != nil { await flush() }
        }
        await flush()
    }

    func flush() async {
        let moments = uses.takeAll()
        guard !moments.isEmpty else { return }
        do {
            try await store.used(moments)
        } catch {
            uses.putBack(moments)
            logger.warning("When keys were used could not be written, will try again", metadata: ["error": "\(error)"])
        }
    }
}
