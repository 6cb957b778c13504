import Foundation
import HTTPTransport
import Logging
import PushService
import PushTesting
import Synchronization
import Testing

@testable import PushServer

@Suite struct ReceiptHookServiceTests {
    private let clock = ManualClock()
    private let bell = ReceiptBell()
    private let store = ClaimedHooks()
    private let log = RecordedLog()

    @Test(.timeLimit(.minutes(1))) func aRingIsFollowedByALookAtOnceAndSilenceByNone() async throws {
        try await whileItRuns { claims in
            try await claims.wait(for: 1)
            try await clock.waitForSleepers(2)
            clock.advance(by: .seconds(4.9))
            bell.ring([])
            bell.ring([ReceiptSubscription(rawValue: 1)])
            try await claims.wait(for: 2)
            #expect(store.claims == 2, "it looks with the start, and with the ring for somebody")
        }
    }

    @Test(.timeLimit(.minutes(1))) func whatOtherNodesLeftIsFoundAfterAWhile() async throws {
        try await whileItRuns { claims in
            try await claims.wait(for: 1)
            try await clock.waitForSleepers(2)
            clock.advance(by: .seconds(5))
            try await claims.wait(for: 2)
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: [0, 200])
    func whereThereMayBeMoreItLooksAgainSoon(receipts: Int) async throws {
        store.next = [.success([ClaimedHooks.hook(receipts: receipts)])]
        try await whileItRuns { claims in
            try await claims.wait(for: 1)
            try await clock.waitForSleepers(2)
            clock.advance(by: .seconds(0.1))
            try await claims.wait(for: 2)
        }
    }

    @Test(.timeLimit(.minutes(1))) func aStoreThatIsAwayIsReportedAsToConnectionsAndAskedAgain() async throws {
        store.next = [.failure(.init()), .success([])]
        try await whileItRuns { claims in
            try await claims.wait(for: 1)
            try await clock.waitForSleepers(2)
            clock.advance(by: .seconds(5))
            try await claims.wait(for: 2)
            #expect(log.lines.count == 1 && log.lines.first?.contains("The message store fails") == true)
        }
    }

    private func whileItRuns(_ test: (ClaimedHooks) async throws -> Void) async throws {
        let clock = clock
        let service = ReceiptHookService(
            store: store, codec: EndpointCodec(origin: "http://localhost", sealer: try CapabilitySealer(keys: [[UInt8](repeating: 1, count: 32)])),
            transport: NoTransport(), address: WebhookAddress(allowsPrivate: false), bell: bell,
            trouble: StoreTrouble(logger: Logger(label: "test") { _ in log }), now: { clock.date }, clock: clock)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await service.run() }
            try await test(store)
            group.cancelAll()
        }
    }
}

/// Answers claims with what it is told to, else with nothing.
private final class ClaimedHooks: DeliveryReceiptStore {
    struct Away: Error {}

    private let state = Mutex((claims: 0, next: [Result<[HookedReceipts], Away>]()))
    private let rings = AsyncStream<Void>.makeStream()

    var claims: Int { state.withLock { $0.claims } }
    var next: [Result<[HookedReceipts], Away>] {
        get { state.withLock { $0.next } }
        set { state.withLock { $0.next = newValue } }
    }

    static func hook(receipts: Int) -> HookedReceipts {
        let receipt = DeliveryReceipt(
            place: ReceiptPlace(transaction: 0, number: 1), message: MessageID(uaid: UAID(rawValue: 1), sequence: 1), ending: .delivered,
            at: .distantPast)
        return HookedReceipts(
            subscription: ReceiptSubscription(rawValue: 1), url: "https://example.com/", failures: 0, heard: .start,
            receipts: Array(repeating: receipt, count: receipts))
    }

    /// Returns when there were so many claims.
    func wait(for count: Int) async throws {
        for await _ in rings.stream where claims >= count { return }
        throw CancellationError()
    }

    func claimHooks(until: Date, limit: Int, page: Int, now: Date) throws -> [HookedReceipts] {
        defer { rings.continuation.yield() }
        return try state.withLock { state in
            state.claims += 1
            return state.next.isEmpty ? .success([]) : state.next.removeFirst()
        }.get()
    }

    func receipts(of subscription: ReceiptSubscription, after place: ReceiptPlace, limit: Int) -> [DeliveryReceipt]? { [] }
    func endReceipts(of subscription: ReceiptSubscription) -> Bool { true }
    func setHook(of subscription: ReceiptSubscription, to url: String?, now: Date) -> Bool { true }
    func settleHook(of subscription: ReceiptSubscription, heard place: ReceiptPlace, failures: Int, nextAt: Date) {}
    func deleteReceipts(before date: Date, limit: Int) -> Int { 0 }
}

private final class RecordedLog: LogHandler {
    private let recorded = Mutex<[String]>([])
    var lines: [String] { recorded.withLock { $0 } }
    var metadata: Logger.Metadata { get { [:] } set {} }
    var logLevel: Logger.Level { get { .trace } set {} }
    subscript(metadataKey key: String) -> Logger.Metadata.Value? { get { nil } set {} }

    func log(
        level: Logger.Level, message: Logger.Message, metadata: Logger.Metadata?, source: String, file: String, function: String, line: UInt
    ) {
        recorded.withLock { $0.append("\(message)") }
    }
}
