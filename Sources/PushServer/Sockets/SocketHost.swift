import Logging
import NIOCore
import PushService

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What all WebSockets of a server have in common: a reference to it in each, since there are many.
final class SocketHost: Sendable {
    let hub: SocketHub
    let sockets: OpenSockets
    /// A silent peer is pinged so often, and given up when nothing comes back until the next ping.
    let pingInterval: TimeAmount
    /// A peer that takes nothing for so long is given up.
    let slowReader: TimeAmount
    /// When the server stops, all have gone after so long.
    let leavesWithin: TimeAmount
    let now: @Sendable () -> Date
    private let logger: Logger

    init(hub: SocketHub, sockets: OpenSockets, settings: ServerSettings, logger: Logger, now: @escaping @Sendable () -> Date) {
        self.hub = hub
        self.sockets = sockets
        pingInterval = .milliseconds(Int64(settings.pushService.serverPingIntervalSeconds * 1000))
        slowReader = .seconds(Int64(settings.pushService.slowReaderSeconds))
        leavesWithin = .seconds(Int64(settings.leaving.socketsSeconds))
        self.logger = logger
        self.now = now
    }

    func note(_ fact: SessionNote) {
        hub.counts.note(fact)
        logger.trace("Session", metadata: ["note": "\(fact)"])
    }
}
