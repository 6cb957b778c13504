import Testing

@testable import PushServer

@Suite struct OutboxTimetableTests {
    private let start = ContinuousClock.now
    private var random = SystemRandomNumberGenerator()

    private func timetable(_ partitions: [Int]) -> OutboxTimetable {
        OutboxTimetable(partitions, interval: .milliseconds(300), now: start)
    }

    /// After so many failures in a row.
    private mutating func pause(after failures: Int) -> Duration {
        var table = timetable([0])
        for _ in 0..<failures { table.note(.failed, at: 0, now: start, using: &random) }
        return table.next.map { start.duration(to: $0.due) } ?? .zero
    }

    @Test mutating func eachPartitionHasItsTurn() {
        var table = timetable([1, 4])
        #expect(table.next?.partition == 1)
        table.note(.done, at: 1, now: start, using: &random)
        #expect(table.next?.partition == 4)
        table.note(.full, at: 4, now: start + .milliseconds(1), using: &random)
        #expect(table.next?.partition == 4, "where there is more it goes on")
        table.note(.done, at: 4, now: start + .milliseconds(2), using: &random)
        #expect(table.next?.partition == 1 && table.next?.due == start + .milliseconds(300))
    }

    @Test mutating func failuresAreWaitedForEverLonger() {
        #expect((.milliseconds(5)...(.milliseconds(10))).contains(pause(after: 1)))
        #expect((.milliseconds(40)...(.milliseconds(80))).contains(pause(after: 4)))
        #expect((.milliseconds(2500)...(.milliseconds(5000))).contains(pause(after: 100)))
    }

    @Test mutating func aPartitionThatFailsHoldsNoOtherUpAndIsNotHurried() {
        var table = timetable([0, 1])
        table.note(.failed, at: 0, now: start, using: &random)
        #expect(table.isFailing(0) && !table.isFailing(1) && table.next?.partition == 1)
        table.note(.done, at: 1, now: start, using: &random)
        table.hasRows(0, now: start)
        #expect(table.next?.due != start)
        table.note(.done, at: 0, now: start, using: &random)
        #expect(!table.isFailing(0))
    }

    @Test mutating func whoIsToldOfRowsLooksAtOnce() {
        var table = timetable([0, 1])
        for partition in 0...1 { table.note(.done, at: partition, now: start, using: &random) }
        table.hasRows(7, now: start + .milliseconds(2))
        #expect(table.next?.due == start + .milliseconds(300))
        table.hasRows(1, now: start + .milliseconds(2))
        #expect(table.next?.partition == 1 && table.next?.due == start + .milliseconds(2))
    }
}
