import Foundation
import PushSender
import Synchronization
import Testing

@testable import PushServer

@Suite(.timeLimit(.minutes(1))) struct ReceiptCounterTests {
    /// Notes the size of each batch, and writes none before it may.
    private final class Store: ReceiptStore {
        struct Broken: Error {}
        let batches = Mutex<[Int]>([])
        let isBroken = Atomic(false)
        private let gate = AsyncStream<Void>.makeStream()

        func open() { gate.continuation.finish() }

        func record(_ receipts: [LinkedReceipt], now: Date) async throws -> [ReceiptVerdict] {
            for await _ in gate.stream {}
            if isBroken.load(ordering: .relaxed) { throw Broken() }
            batches.withLock { $0.append(receipts.count) }
            return receipts.map { $0.kind == .opened ? .counted : .repeated }
        }

        func record(_ receipts: [Receipt], app: AppID, now: Date) async throws -> [ReceiptVerdict] { [] }
    }

    private func receipt(_ kind: ReceiptKind) -> LinkedReceipt {
        LinkedReceipt(kind, by: ReceiptToken(push: PushID(rawValue: "p"), device: DeviceID(rawValue: "d"), provider: .fcm))
    }

    @Test func manyAtOnceShareFewWritesAndEachHasItsOwnAnswer() async throws {
        let store = Store(), counter = ReceiptCounter(store: store, now: { Date() })
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<200 {
                let kind: ReceiptKind = number.isMultiple(of: 2) ? .opened : .received
                group.addTask {
                    let verdict = try await counter.count(receipt(kind))
                    #expect(verdict == (kind == .opened ? .counted : .repeated))
                }
            }
            while counter.waitingCount < 200 { await Task.yield() }
            store.open()
            async let _: Void = counter.run()
            try await group.waitForAll()
        }
        #expect(store.batches.withLock { $0 } == [200])
    }

    @Test func aDatabaseThatFailsIsToldToEachAndTheNextTryWorks() async throws {
        let store = Store(), counter = ReceiptCounter(store: store, now: { Date() })
        store.open()
        store.isBroken.store(true, ordering: .relaxed)
        async let _: Void = counter.run()
        await #expect(throws: Store.Broken.self) { try await counter.count(receipt(.opened)) }
        store.isBroken.store(false, ordering: .relaxed)
        #expect(try await counter.count(receipt(.opened)) == .counted)
    }

    @Test func nobodyWaitsForAServerThatHasStopped() async throws {
        let counter = ReceiptCounter(store: Store(), now: { Date() })
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await counter.run() }
            group.cancelAll()
        }
        await #expect(throws: Problem.self) { try await counter.count(receipt(.opened)) }
    }
}
