import Foundation
import PushSender
import Testing

@testable import PushStorage

/// Nodes that share a lane share its rate.
@Suite(.serialized) struct RateLedgerTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)
    private let lane = Lane(app: .default, provider: .fcm)

    @Test(arguments: TestDatabase.Kind.available)
    func twoNodesTogetherKeepToTheRate(_ kind: TestDatabase.Kind) async throws {
        let test = try await TestDatabase(kind)
        let nodes = [SQLRateLedger(test.database), SQLRateLedger(test.database)]
        var sent = 0
        for tick in 0..<200 {
            let moment = now.addingTimeInterval(Double(tick) / 10)
            for node in nodes where try await node.take(7, of: .lane(lane), perSecond: 100, now: moment) == nil { sent += 7 }
        }
        #expect((1700...2250).contains(sent), "20 seconds at 100 a second, and one second's burst; what a node takes ahead and does not use is lost: \(sent)")
    }

    @Test(arguments: TestDatabase.Kind.available)
    func manyAtOnceDoNotTakeTheSameTwice(_ kind: TestDatabase.Kind) async throws {
        let test = try await TestDatabase(kind)
        let taken = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    let node = SQLRateLedger(test.database)
                    return try await node.take(10, of: .lane(lane), perSecond: 100, now: now) == nil ? 10 : 0
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(taken == 100, "what is there goes out once")
    }

    @Test(arguments: TestDatabase.Kind.available)
    func aStockThatIsNotUsedIsNotKept(_ kind: TestDatabase.Kind) async throws {
        let test = try await TestDatabase(kind)
        let node = SQLRateLedger(test.database)
        #expect(try await node.take(1, of: .lane(lane), perSecond: 1000, now: now) == nil)
        #expect(try await SQLRateLedger(test.database).take(900, of: .lane(lane), perSecond: 1000, now: now) == nil)
        #expect(try await node.take(99, of: .lane(lane), perSecond: 1000, now: now) == nil, "from its stock")
        let refused = try await node.take(1, of: .lane(lane), perSecond: 1000, now: now)
        #expect(refused != nil && refused.map { $0 > now } == true)
    }

    @Test(arguments: TestDatabase.Kind.available)
    func lanesAndClocksAreApart(_ kind: TestDatabase.Kind) async throws {
        let test = try await TestDatabase(kind)
        let node = SQLRateLedger(test.database)
        #expect(try await node.take(500, of: .lane(lane), perSecond: 100, now: now) == nil)
        #expect(try await node.take(1, of: .lane(lane), perSecond: 100, now: now.addingTimeInterval(-5)) != nil, "a clock that is late fills nothing")
        #expect(try await node.take(1, of: .lane(Lane(app: .default, provider: .hms)), perSecond: 100, now: now) == nil)
    }
}
