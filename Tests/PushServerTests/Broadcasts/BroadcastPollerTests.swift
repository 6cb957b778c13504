import Foundation
import HTTPTransport
import Logging
import PushService
import PushStorage
import PushTesting
import Synchronization
import Testing

@testable import PushServer

@Suite final class BroadcastPollerTests {
    private let file = FileManager.default.temporaryDirectory.appending(path: "herald-\(UUID().uuidString).sqlite")
    private let database: OpenDatabase
    private let hub: SocketHub

    init() throws {
        database = try OpenDatabase(sqlite: file)
        hub = SocketHub(
            store: SQLMessageStore(database), node: NodeID(rawValue: "n"), mail: NoMail(), resyncSeconds: 30, board: BroadcastBoard([:]),
            logger: Self.logger, now: { .distantPast })
    }

    deinit {
        database.close()
        try? FileManager.default.removeItem(at: file)
    }

    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func poller(_ board: Board, clock: any Clock<Duration> = ContinuousClock()) throws -> BroadcastPoller {
        var settings = BroadcastSettings()
        settings.url = "https://board.example/list"
        settings.authorization = "Bearer secret"
        settings.seconds = 7
        return try #require(BroadcastPoller(settings, transport: board, hub: hub, logger: Self.logger, clock: clock))
    }

    @Test func theListIsReadWhereItIsAndByWhoMayAndAnnounced() async throws {
        let board = Board(#"{"broadcasts":{"news":"v1"},"more":1}"#)
        try await poller(board).poll()
        #expect(hub.announced == BroadcastBoard(["news": "v1"]))
        let request = try #require(board.requests.first)
        #expect(request.method == "GET" && request.url == "https://board.example/list")
        #expect(request.headers.contains { $0 == ("authorization", "Bearer secret") })
    }

    @Test(arguments: [
        TransportReply(status: 500, headers: [], body: Array(#"{"broadcasts":{}}"#.utf8)),
        TransportReply(status: 200, headers: [], body: Array("[]".utf8)),
        TransportReply(status: 200, headers: [], body: Array(#"{"broadcasts":{"news":1}}"#.utf8)),
        TransportReply(
            status: 200, headers: [], body: Array(#"{"broadcasts":{}}"#.utf8) + [UInt8](repeating: UInt8(ascii: " "), count: 262_144)),
    ])
    func whatCantBeReadLeavesWhatWasAnnounced(_ reply: TransportReply) async throws {
        hub.announce(BroadcastBoard(["news": "v1"]))
        try await poller(Board(.success(reply))).poll()
        #expect(hub.announced == BroadcastBoard(["news": "v1"]))
        try await poller(Board(.failure(TransportError(.timedOut, "slow")))).poll()
        #expect(hub.announced == BroadcastBoard(["news": "v1"]))
        try await poller(Board(#"{"broadcasts":{}}"#)).poll()
        #expect(hub.announced == BroadcastBoard([:]), "what is gone is no longer announced")
    }

    @Test(.timeLimit(.minutes(1))) func itIsReadAtOnceAndThenAgainAfterEachInterval() async throws {
        let clock = ManualClock(), board = Board(#"{"broadcasts":{}}"#), poller = try poller(board, clock: clock)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await poller.run() }
            for count in 1...3 {
                try await clock.waitForSleepers(1)
                #expect(board.requests.count == count)
                clock.advance(by: .seconds(6.9))
                #expect(board.requests.count == count)
                clock.advance(by: .seconds(0.1))
            }
            group.cancelAll()
        }
    }

    @Test func whereThereIsNoListNothingIsRead() {
        #expect(BroadcastPoller(BroadcastSettings(), transport: Board(""), hub: hub, logger: Self.logger) == nil)
    }
}

private final class Board: Transport {
    private let reply: Result<TransportReply, TransportError>
    private let asked = Mutex<[TransportRequest]>([])

    init(_ reply: Result<TransportReply, TransportError>) { self.reply = reply }
    convenience init(_ text: String) { self.init(.success(TransportReply(status: 200, headers: [], body: Array(text.utf8)))) }

    var requests: [TransportRequest] { asked.withLock { $0 } }

    func send(_ request: TransportRequest, within deadline: Duration) async throws(TransportError) -> TransportReply {
        asked.withLock { $0.append(request) }
        return try reply.get()
    }
}
