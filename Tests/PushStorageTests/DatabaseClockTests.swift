import Foundation
import Testing

@testable import PushStorage

@Suite struct DatabaseClockTests {
    private let clock = DatabaseClock()
    private let base = ContinuousClock.now
    /// An hour away from any clock here.
    private let there = Date().addingTimeInterval(3600)

    private func offset() -> Double { clock.now().timeIntervalSince(there) }

    @Test func itIsTheDatabasesTimeHoweverWrongOursIs() {
        clock.note(there, askedAt: base, answeredAt: base + .milliseconds(10))
        #expect((-0.01...5).contains(offset()))
    }

    @Test func aSlowAnswerDoesNotSpoilAQuickOne() {
        clock.note(there, askedAt: base, answeredAt: base + .milliseconds(2))
        clock.note(there.addingTimeInterval(100), askedAt: base, answeredAt: base + .seconds(4))
        #expect(offset() < 50)
        clock.note(there.addingTimeInterval(100), askedAt: base, answeredAt: base + .milliseconds(4))
        #expect(offset() > 50, "one as quick is believed")
    }

    @Test func anOldAnswerIsReplacedByASlowOne() {
        clock.note(there, askedAt: base - .seconds(120), answeredAt: base - .seconds(120) + .milliseconds(2))
        clock.note(there.addingTimeInterval(1000), askedAt: base, answeredAt: base + .seconds(4))
        #expect(offset() > 900)
    }

    @Test func oneLooksAtATime() {
        #expect(clock.takeTurn())
        #expect(!clock.takeTurn())
    }
}
