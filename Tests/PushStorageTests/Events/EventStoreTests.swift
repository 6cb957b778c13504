import Foundation
import PushSender
import Synchronization
import Testing

@testable import PushStorage

@Suite(.serialized) struct EventStoreTests {
    @Test(arguments: TestDatabase.Kind.available)
    func eventsAreToldInTheirOrderFromAnyPlaceOn(_ kind: TestDatabase.Kind) async throws {
        let fixture = try await EventFixture(kind)
        try await fixture.happen("a", "b")
        try await fixture.happen("c")
        let all = try await fixture.events.events(app: .default, after: .start, rows: 10)
        #expect(all.events.map(\.push?.rawValue) == ["a", "b", "c"])
        #expect(all.end == all.events.last?.position && all.gap == nil)
        #expect(try await fixture.told(after: all.events[0].position) == ["b", "c"])
        let first = try await fixture.events.events(app: .default, after: .start, rows: 1)
        #expect(first.end == all.events[0].position)
        let none = try await fixture.events.events(app: .default, after: all.end, rows: 10)
        #expect(none.events.isEmpty && none.end == all.end)
    }

    @Test(arguments: TestDatabase.Kind.available)
    func anEventSaysWhatHappened(_ kind: TestDatabase.Kind) async throws {
        let fixture = try await EventFixture(kind)
        let failure = DeliveryFailure(device: DeviceID(rawValue: "d\"1"), kind: .failed, reason: "a/b", at: fixture.now)
        try await fixture.happen([.deliveryFailed(failure, of: PushID(rawValue: "p"), in: fixture.lane)])
        let event = try #require(try await fixture.events.events(app: .default, after: .start, rows: 1).events.first)
        #expect(event.at == fixture.now && event.kind == .deliveryFailed && event.app == .default)
        #expect(event.details == #"{"device":"d\"1","outcome":"failed","provider":"fcm","reason":"a/b"}"#)
        let rest = #""data":\#(event.details),"id":"\#(event.position)","kind":"delivery.failed","push":"p"}"#
        #expect(event.json == #"{"at":"2027-01-15T08:00:00.000Z",\#(rest)"#)
    }

    @Test(arguments: TestDatabase.Kind.available)
    func appsHearNothingOfEachOther(_ kind: TestDatabase.Kind) async throws {
        let fixture = try await EventFixture(kind)
        try await fixture.addApp(2)
        try await fixture.happen("mine")
        try await fixture.happen("theirs", app: AppID(rawValue: 2))
        #expect(try await fixture.told() == ["mine"])
        #expect(try await fixture.told(app: AppID(rawValue: 2)) == ["theirs"])
    }

    @Test(arguments: TestDatabase.Kind.available)
    func whoStartsAtTheNewestHearsOnlyWhatComes(_ kind: TestDatabase.Kind) async throws {
        let fixture = try await EventFixture(kind)
        #expect(try await fixture.events.newest(of: [.default]) == [.default: .start])
        try await fixture.happen("old")
        let newest = try await fixture.events.newest(of: [.default])[.default]
        try await fixture.happen("new")
        #expect(try await fixture.told(after: try #require(newest)) == ["new"])
    }

    /// The case that numbers alone would lose: the first to take a number ends last.
    @Test(.enabled(if: TestDatabase.Kind.postgresURL != nil))
    func nobodyReadsPastATransactionThatIsStillOpen() async throws {
        let fixture = try await EventFixture(.postgres)
        let begun = AsyncStream<Void>.makeStream(), mayEnd = DispatchSemaphore(value: 0)
        let now = fixture.now
        async let slow: Void = fixture.write { connection in
            try insertEvents([.pushFinished(PushID(rawValue: "slow"), app: .default, at: now)], connection)
            begun.continuation.finish()
            mayEnd.wait()
        }
        for await _ in begun.stream {}
        try await fixture.write { try insertEvents([.pushFinished(PushID(rawValue: "quick"), app: .default, at: now)], $0) }
        #expect(try await fixture.told() == [], "the quick one has the larger number, and nobody may stand behind the slow one yet")
        let newest = try await fixture.events.newest(of: [.default])[.default]
        mayEnd.signal()
        try await slow
        try await fixture.waitForOthers()
        #expect(try await fixture.told() == ["slow", "quick"])
        #expect(try await fixture.told(after: try #require(newest)) == ["slow", "quick"])
    }

    @Test(arguments: TestDatabase.Kind.available)
    func oldEventsAreForgottenAndWhoMissedThemIsTold(_ kind: TestDatabase.Kind) async throws {
        let fixture = try await EventFixture(kind)
        try await fixture.happen("a", "b", "c", at: fixture.now)
        try await fixture.happen("d", at: fixture.now.addingTimeInterval(10))
        let all = try await fixture.events.events(app: .default, after: .start, rows: 10).events.map(\.position)
        let edge = fixture.now.addingTimeInterval(5)
        #expect(try await fixture.events.deleteEvents(before: edge, limit: 2) == 2)
        #expect(try await fixture.events.deleteEvents(before: edge, limit: 2) == 1)
        #expect(try await fixture.events.deleteEvents(before: edge, limit: 2) == 0)
        let late = try await fixture.events.events(app: .default, after: all[0], rows: 10)
        #expect(late.gap == all[2] && late.events.map(\.push?.rawValue) == ["d"])
        let inTime = try await fixture.events.events(app: .default, after: all[2], rows: 10)
        #expect(inTime.gap == nil && inTime.events.count == 1)
    }

    @Test(arguments: TestDatabase.Kind.available)
    func anEmptyLogStillKnowsHowFarItWent(_ kind: TestDatabase.Kind) async throws {
        let fixture = try await EventFixture(kind)
        try await fixture.happen("a")
        let last = try await fixture.events.newest(of: [.default])
        _ = try await fixture.events.deleteEvents(before: .distantFuture, limit: 10)
        #expect(try await fixture.events.newest(of: [.default]) == last)
        let late = try await fixture.events.events(app: .default, after: .start, rows: 10)
        #expect(late.gap == last[.default] && late.end == last[.default], "told once, not for ever")
    }
}
