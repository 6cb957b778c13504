import Foundation
import PushSender
import Testing

@testable import PushStorage

@Suite(.serialized) struct ReceiptStoreTests {
    private let push = PushID(rawValue: "p"), device = DeviceID(rawValue: "d")

    private func linked(_ kind: ReceiptKind, push: String = "p", device: String = "d") -> LinkedReceipt {
        LinkedReceipt(
            kind, by: ReceiptToken(push: PushID(rawValue: push), device: DeviceID(rawValue: device), provider: .webPush))
    }

    @Test(arguments: TestDatabase.Kind.available)
    func eachReceiptCountsOnce(_ kind: TestDatabase.Kind) async throws {
        let fixture = try await EventFixture(kind)
        try await fixture.addPush("p")
        let verdicts = try await fixture.receipts.record(
            [linked(.opened), linked(.received), linked(.opened), linked(.opened, device: "e"), linked(.opened, push: "gone")],
            now: fixture.now)
        #expect(verdicts.map { $0 == .counted } == [true, true, false, true, false])
        #expect(verdicts[2] == .repeated && verdicts[4] == .unknownPush)
        #expect(try await fixture.receipts.record([linked(.opened)], now: fixture.now) == [.repeated])
        #expect(try await fixture.tally() == ["p webpush opened": 2, "p webpush received": 1])
        try await fixture.waitForOthers()
        let events = try await fixture.events.events(app: .default, after: .start, rows: 10).events
        #expect(events.map(\.kind) == [.receiptOpened, .receiptReceived, .receiptOpened])
        #expect(events[0].details == #"{"device":"d","provider":"webpush"}"#)
    }

    @Test(arguments: TestDatabase.Kind.available)
    func theSameFromManySidesAtOnceCountsOnce(_ kind: TestDatabase.Kind) async throws {
        let fixture = try await EventFixture(kind)
        try await fixture.addPush("p")
        let counted = try await withThrowingTaskGroup(of: Int.self) { group in
            for turn in 0..<16 {
                group.addTask {
                    // Not all in the same order, as devices don't speak in any.
                    var receipts = (0..<20).map { linked(.received, device: "d\($0)") }
                    if turn.isMultiple(of: 2) { receipts.reverse() }
                    return try await fixture.receipts.record(receipts, now: fixture.now).count { $0 == .counted }
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(counted == 20)
        #expect(try await fixture.tally() == ["p webpush received": 20])
        try await fixture.waitForOthers()
        #expect(try await fixture.told().count == 20)
    }

    @Test(arguments: TestDatabase.Kind.available)
    func aBackendSpeaksForItsOwnPushesAndDevicesOnly(_ kind: TestDatabase.Kind) async throws {
        let fixture = try await EventFixture(kind)
        let other = AppID(rawValue: 2)
        try await fixture.addApp(2)
        try await fixture.addPush("p")
        try await fixture.addPush("foreign", app: other)
        try await fixture.addDevice("d", provider: .hms)
        try await fixture.addDevice("e", app: other)
        let foreign = PushID(rawValue: "foreign"), stranger = DeviceID(rawValue: "e")
        let verdicts = try await fixture.receipts.record(
            [
                Receipt(push: push, device: device, kind: .dismissed), Receipt(push: foreign, device: device, kind: .opened),
                Receipt(push: push, device: stranger, kind: .opened),
            ],
            app: .default, now: fixture.now)
        #expect(verdicts == [.counted, .unknownPush, .unknownDevice])
        #expect(try await fixture.tally() == ["p hms dismissed": 1])
    }
}
