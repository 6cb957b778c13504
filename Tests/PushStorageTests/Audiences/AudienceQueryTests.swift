import Foundation
import PushSender
import PushTesting
import Testing

@testable import PushStorage

/// SQL finds whom the evaluator says, on both databases.
@Suite(.serialized) struct AudienceQueryTests {
    @Test(arguments: TestDatabase.Kind.available, UInt64(0)..<24) func pagesOfSlicesAreTheAudienceInOrderEachDeviceOnce(
        _ kind: TestDatabase.Kind, _ seed: UInt64
    ) async throws {
        var random = SeededGenerator(seed: seed)
        let population = Population(60, using: &random)
        let test = try await TestDatabase(kind)
        let database = test.database.sql
        try await population.insert(into: database)
        for _ in 0..<25 {
            let audience = try RandomAudience.audience(using: &random)
            let lane = Population.lanes.randomElement(using: &random) ?? Population.lanes[0]
            let timeZone = Bool.random(using: &random) ? Population.zones.randomElement(using: &random) : nil
            let slices = Self.slices(lane, timeZone, using: &random)
            let limit = Int.random(in: 1...70, using: &random)
            let found = try await database.read { connection in try slices.flatMap { try Self.devices(of: $0, audience, limit, connection) }
            }
            #expect(found == population.devices(in: audience, lane: lane, timeZone: timeZone), "seed \(seed): \(audience)")
        }
        test.database.close()
    }

    @Test(arguments: TestDatabase.Kind.available, UInt64(100)..<108) func countsAreThoseOfTheAudience(
        _ kind: TestDatabase.Kind, _ seed: UInt64
    ) async throws {
        var random = SeededGenerator(seed: seed)
        let population = Population(60, using: &random)
        let test = try await TestDatabase(kind)
        let database = test.database.sql
        try await population.insert(into: database)
        for _ in 0..<25 {
            let audience = try RandomAudience.audience(using: &random)
            let counts = try await database.read { try AudienceCount.devices(of: audience, app: .default, asOf: Population.now, $0) }
            var expected: [ProviderName: Int] = [:]
            for lane in Population.lanes {
                let devices = population.devices(in: audience, lane: lane, timeZone: nil)
                if !devices.isEmpty { expected[lane.provider, default: 0] += devices.count }
                let cursor = devices.dropFirst(devices.count / 3).first.map {
                    DeviceCursor(shard: ShardRange.shard(of: $0), device: .init(rawValue: $0))
                }
                let slice = Slice(id: 1, push: PushID(rawValue: "p"), lane: lane, range: .all, cursor: cursor)
                let left = try await database.read { try AudienceCount.left(of: slice, audience, app: .default, asOf: Population.now, $0) }
                #expect(left == devices.count - (cursor == nil ? 0 : devices.count / 3 + 1), "seed \(seed): \(audience)")
            }
            #expect(counts == expected, "seed \(seed): \(audience)")
        }
        test.database.close()
    }

    @Test(arguments: TestDatabase.Kind.available, UInt64(200)..<208)
    func segmentsMissNobody(_ kind: TestDatabase.Kind, _ seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let population = Population(20, using: &random)
        let test = try await TestDatabase(kind)
        let database = test.database.sql
        try await population.insert(into: database)
        for _ in 0..<25 {
            var audience = try RandomAudience.audience(using: &random)
            audience.devices.removeAll { id in !population.devices.contains { $0.id == id } }
            for byTimeZone in [true, false] {
                let (segments, isSure) = try await database.look { [audience] in
                    try AudienceLanes.segments(of: audience, .default, byTimeZone: byTimeZone, $0)
                }
                let reached = Set(
                    Population.lanes.flatMap { lane in
                        (byTimeZone ? Population.zones.map(Optional.some) : [nil]).map { Segment(lane: lane, timeZone: $0) }
                    }.filter { !population.devices(in: audience, lane: $0.lane, timeZone: $0.timeZone).isEmpty })
                #expect(Set(segments).isSuperset(of: reached) && Set(segments).count == segments.count, "seed \(seed): \(audience)")
                #expect(!isSure || Set(segments) == reached, "seed \(seed): \(audience)")
                let isAny = try await database.read { [audience] in
                    try AudienceCount.isAny(of: audience, app: .default, asOf: Population.now, $0)
                }
                #expect(isAny == !reached.isEmpty, "seed \(seed): \(audience)")
            }
        }
        test.database.close()
    }

    @Test(arguments: TestDatabase.Kind.available) func segmentsOfNamedDevicesAreTheirs(_ kind: TestDatabase.Kind) async throws {
        var random = SeededGenerator(seed: 7)
        let population = Population(30, using: &random)
        let test = try await TestDatabase(kind)
        let database = test.database.sql
        try await population.insert(into: database)
        func segments(_ audience: Audience, byTimeZone: Bool = true) async throws -> Set<Segment> {
            let found = try await database.look { try AudienceLanes.segments(of: audience, .default, byTimeZone: byTimeZone, $0) }
            #expect(found.isSure == (audience.tags == nil))
            return Set(found.segments)
        }
        func segment(_ device: Device) -> Segment {
            Segment(
                lane: Lane(app: .default, provider: device.provider, environment: device.token.environment),
                timeZone: device.profile.timeZone)
        }
        let active = population.devices.filter { $0.disabledAt == nil }
        let two = Array(active.prefix(2))
        #expect(try await segments(Audience(devices: two.map(\.id))) == Set(two.map(segment)))
        #expect(try await segments(Audience(users: ["u1"])) == Set(active.filter { $0.user == "u1" }.map(segment)))
        #expect(try await segments(.everyone) == Set(active.map(segment)))
        let fcm = Audience(tags: try AudienceExpression(#"device.provider == "fcm" and plan != "x""#))
        #expect(try await segments(fcm, byTimeZone: false) == [Segment(lane: Population.lanes[3], timeZone: nil)])
        #expect(try await segments(Audience(users: ["nobody"])).isEmpty)
        let problem = await #expect(throws: PushProblem.self) { try await segments(Audience(devices: [two[0].id, .init(rawValue: "x")])) }
        #expect(problem?.code == .unknownDevice && problem?.field == "audience.devices[1]")
        test.database.close()
    }

    /// As large and as deep as may be: neither database refuses the statement.
    @Test(arguments: TestDatabase.Kind.available) func theLargestAudiencesCanBeAsked(_ kind: TestDatabase.Kind) async throws {
        let test = try await TestDatabase(kind)
        let names = (0..<4000).map { "n\($0)" }
        let terms = (0..<AudienceExpressionLimits.terms).map { "t\($0) == \($0)" }
        let deep = (0..<AudienceExpressionLimits.nestingLevels).reduce("a == 1") { inner, level in
            "b\(level) != 2 \(level % 2 == 0 ? "and" : "or") (\(inner))"
        }
        let negated = (0..<AudienceExpressionLimits.nestingLevels / 2).reduce("a == 1") { inner, level in "not (b\(level) and \(inner))" }
        var nested = Audience(topics: ["a"], tags: try AudienceExpression("x == 1 or (has(y) and (z or (u > 1 and not v)))"))
        while true {
            let next = Audience(topics: ["t", "u"], tags: try AudienceExpression("x > 1 or has(x)"), excluded: [nested])
            guard (try? next.checkSize()) != nil else { break }
            nested = next
        }
        var bushy = Audience(topics: ["a"], tags: try AudienceExpression("x == 1 or has(y) and (z or u > 1)"))
        while true {
            let next = Audience(topics: ["t", "u"], tags: try AudienceExpression("x > 1 or has(x)"), excluded: [bushy, bushy])
            guard (try? next.checkSize()) != nil else { break }
            bushy = next
        }
        let audiences = [
            Audience(devices: names.map { DeviceID(rawValue: $0) }), Audience(users: names), Audience(topics: Array(names.prefix(900))),
            Audience(everyone: true, excluded: [Audience(users: names), Audience(topics: Array(names.prefix(900)))]),
            Audience(topics: Array(names.prefix(16)), excluded: [Audience(users: names)]),
            Audience(
                users: Array(names.prefix(2000)), topics: Array(names.prefix(500)), excluded: [Audience(users: Array(names.suffix(2000)))]),
            Audience(tags: try AudienceExpression(terms.joined(separator: " or "))),
            Audience(tags: try AudienceExpression(terms.joined(separator: " and "))),
            Audience(tags: try AudienceExpression("not (" + terms.joined(separator: " or ") + ")")), nested, bushy,
            Audience(tags: try AudienceExpression(deep)), Audience(tags: try AudienceExpression(negated)),
            Audience(topics: ["t"], excluded: [Audience(tags: try AudienceExpression(deep))]),
        ]
        for (index, audience) in audiences.enumerated() {
            try audience.checkSize()
            let slice = Slice(id: 1, push: PushID(rawValue: "p"), lane: Population.lanes[0], range: .all, cursor: nil)
            let found = try await test.database.sql.read { connection in try Self.devices(of: slice, audience, 10, connection) }
            let count = try await test.database.sql.read {
                try AudienceCount.devices(of: audience, app: .default, asOf: Population.now, $0)
            }
            #expect(found.isEmpty && count.isEmpty, "\(index)")
        }
        test.database.close()
    }

    // MARK: Pages

    /// Cuts of all shards, in their order; the first may have begun before the first device.
    private static func slices(_ lane: Lane, _ timeZone: String?, using random: inout SeededGenerator) -> [Slice] {
        let cuts = Set((0..<Int.random(in: 0...3, using: &random)).map { _ in Int.random(in: 1..<ShardRange.shardCount, using: &random) })
        let starts = [0] + cuts.sorted()
        return zip(starts, starts.dropFirst() + [ShardRange.shardCount]).map { first, next in
            Slice(
                id: 1, push: PushID(rawValue: "p"), lane: lane, timeZone: timeZone, range: ShardRange(first: first, last: next - 1),
                cursor: nil)
        }
    }

    static func devices(of slice: Slice, _ audience: Audience, _ limit: Int, _ connection: any SQLConnection) throws -> [String] {
        var slice = slice
        var found: [String] = []
        while true {
            let query = AudienceQuery(audience, slice: slice, app: .default, limit: limit, asOf: Population.now, columns: "d.address")
            let page = try connection.rows(query.sql, query.arguments).map { try $0.text(0) }
            found += page
            guard page.count == limit, let last = page.last else { return found }
            slice.cursor = DeviceCursor(shard: ShardRange.shard(of: last), device: DeviceID(rawValue: last))
        }
    }
}
