#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import PushSender

/// Writes a ``DeviceBatch`` inside a transaction: as if each device had been registered after the one before, in far fewer statements.
struct DeviceBatchWriter {
    let app: AppID
    let connection: any SQLConnection
    let dialect: SQLDialect
    let now: Date

    /// - Returns: what became of each, in their order.
    func write(_ devices: [PreparedDevice]) throws -> [DeviceEntryOutcome] {
        var outcomes = [DeviceEntryOutcome](repeating: .new, count: devices.count)
        for round in Self.rounds(of: devices) {
            let plans = try plans(round, devices, &outcomes)
            try touchUsers(Set(plans.compactMap(\.user)).sorted())
            try writeRows(plans)
            try writeTags(plans)
            try writeTopics(plans)
        }
        return outcomes
    }

    /// Devices of one round have nothing to do with each other: who comes with a token or an id that has come before waits for the next.
    private static func rounds(of devices: [PreparedDevice]) -> [[Int]] {
        var rounds: [[Int]] = []
        var nextOfAddress: [Address: Int] = [:], nextOfID: [DeviceID: Int] = [:]
        nextOfAddress.reserveCapacity(devices.count)
        for (index, device) in devices.enumerated() {
            let address = Address(device), id = device.entry.id
            let round = max(nextOfAddress[address] ?? 0, id.flatMap { nextOfID[$0] } ?? 0)
            nextOfAddress[address] = round + 1
            if let id { nextOfID[id] = round + 1 }
            if round == rounds.count { rounds.append([]) }
            rounds[round].append(index)
        }
        return rounds
    }

    // MARK: What is to be done

    /// What is to be written of one device.
    private final class Plan {
        let device: PreparedDevice
        let known: KnownDevice?
        let id: DeviceID
        let shard: Int

        init(_ device: PreparedDevice, _ known: KnownDevice?) {
            self.device = device
            self.known = known
            id = known?.id ?? device.newID
            shard = known?.id.shard ?? device.shard
        }

        var place: [SQLValue] { [.integer(shard), .text(id.rawValue)] }
        var user: String? { device.entry.registration.user }
    }

    private func plans(_ round: [Int], _ devices: [PreparedDevice], _ outcomes: inout [DeviceEntryOutcome]) throws -> [Plan] {
        let known = try KnownDevice.find(round.map { devices[$0] }, app, connection)
        let taken = try takenIDs(round.compactMap { known[Address(devices[$0])] == nil ? devices[$0].entry.id : nil })
        let plans = try round.compactMap { index -> Plan? in
            let device = devices[index], known = known[Address(device)]
            do throws(PushProblem) {
                let plan = try Self.plan(device, known, taken)
                outcomes[index] = known == nil ? .new : .renewed
                return plan
            } catch {
                outcomes[index] = .refused(error)
                return nil
            }
        }
        return Self.inOrder(plans)
    }

    /// In the order of most indexes: neighbours are written together.
    private static func inOrder(_ plans: [Plan]) -> [Plan] {
        var shards = [[Plan]](repeating: [], count: ShardRange.shardCount)
        for plan in plans { shards[plan.shard].append(plan) }
        return Array(shards.joined())
    }

    private static func plan(_ device: PreparedDevice, _ known: KnownDevice?, _ taken: Set<DeviceID>) throws(PushProblem) -> Plan {
        if let known {
            let changes = device.entry.registration.profile
            if changes.tags != nil { try TagLimits.check(changes.applied(to: known.profile).tags) }
        } else if taken.contains(device.newID) {
            throw PushProblem(.invalidField, field: "id", "another device has this id; leave it out, and the device gets a new one")
        }
        return Plan(device, known)
    }

    private func takenIDs(_ ids: [DeviceID]) throws -> Set<DeviceID> {
        Set(
            try connection.rows("SELECT id FROM device WHERE id IN", in: ids.map { .text($0.rawValue) }).map {
                DeviceID(rawValue: try $0.text(0))
            })
    }

    // MARK: Statements

    /// As ``UserRow/touch(_:_:_:_:_:)``.
    private func touchUsers(_ users: [String]) throws {
        try connection.insert(
            UserRow.insertUser, users.map { [.integer(app.rawValue), .text($0), "{}", .date(now), .date(now)] })
        guard !dialect.forUpdate.isEmpty else { return }
        _ = try connection.rows(
            "SELECT 1 FROM app_user WHERE app = ? AND id IN", in: users.map { .text($0) }, before: [.integer(app.rawValue)],
            tail: " ORDER BY id" + dialect.forUpdate)
    }

    private func writeRows(_ plans: [Plan]) throws {
        try connection.insert(DeviceStatements.insertDevice, plans.filter { $0.known == nil }.map(newRow))
        try connection.execute(DeviceStatements.renewDevice, each: plans.compactMap { try renewal($0) })
    }

    private func newRow(_ plan: Plan) -> [SQLValue] {
        let entry = plan.device.entry, registration = entry.registration
        return [
            .text(plan.id.rawValue), .integer(app.rawValue), .text(registration.provider.rawValue), .integer(plan.shard),
            .blob(plan.device.addressHash), .text(registration.user), .date(entry.createdAt ?? now),
            .date(entry.registeredAt ?? now), .date(entry.disabledAt),
        ] + TokenRow.values(registration.token) + plan.device.profileValues
    }

    private func renewal(_ plan: Plan) throws -> [SQLValue]? {
        guard let known = plan.known else { return nil }
        let entry = plan.device.entry
        var token = entry.registration.token
        if entry.registration.isEnvironmentGuessed { token.environment = known.environment }
        return TokenRow.values(token)
            + [.text(entry.registration.user), .date(entry.registeredAt ?? now), .date(entry.disabledAt)]
            + (try DeviceRow.profileValues(entry.registration.profile.applied(to: known.profile))) + [.text(plan.id.rawValue)]
    }

    /// Only what differs is written.
    private func writeTags(_ plans: [Plan]) throws {
        var gone: [[SQLValue]] = [], rows = KeyOrder<Pair>()
        for plan in plans {
            let place = plan.place
            for row in try tagRows(plan, &gone) {
                rows.add(Pair(row.name, row.value), [.integer(app.rawValue), .text(row.name), .text(row.value)] + place)
            }
        }
        try connection.execute(DeviceStatements.deleteTag, each: gone)
        try connection.insert(DeviceStatements.insertTag, rows.rows)
    }

    private func tagRows(_ plan: Plan, _ gone: inout [[SQLValue]]) throws -> [(name: String, value: String)] {
        guard let known = plan.known else { return plan.device.tagRows }
        let before = known.profile.tags, tags = plan.device.entry.registration.profile.applied(to: known.profile).tags
        let changed = Set(tags.keys).union(before.keys).filter { tags[$0] != before[$0] }
        gone += changed.filter { before[$0] != nil }.map { [.text(plan.id.rawValue), .text($0)] }
        return TagKey.rows(of: tags.filter { changed.contains($0.key) })
    }

    private func writeTopics(_ plans: [Plan]) throws {
        let members = try memberships(plans.compactMap { $0.known == nil ? nil : $0.id })
        let bound = try boundTopics(Set(plans.map { $0.user ?? "" } + [""]).sorted())
        var gone: [[SQLValue]] = [], rows = KeyOrder<String>()
        for plan in plans {
            let change = Memberships.change(
                members[plan.id] ?? [:], own: plan.device.entry.registration.topics,
                bound: (bound[""] ?? []) + (plan.user.flatMap { bound[$0] } ?? []))
            let place = [.integer(app.rawValue)] + plan.place
            gone += change.gone.map { place + [.text($0)] }
            for (topic, origin) in change.set { rows.add(topic, place + [.text(topic), .integer(origin.rawValue)]) }
        }
        try connection.execute(DeviceStatements.deleteTopic, each: gone)
        try connection.insert(DeviceStatements.insertTopic, rows.rows)
    }

    private func memberships(_ devices: [DeviceID]) throws -> [DeviceID: Memberships.Known] {
        try connection.rows("SELECT device, topic, origin FROM device_topic WHERE device IN", in: devices.map { .text($0.rawValue) })
            .reduce(into: [:]) { known, row in
                known[DeviceID(rawValue: try row.text(0)), default: [:]][try row.text(1)] = MembershipOrigin(rawValue: try row.int(2))
            }
    }

    private func boundTopics(_ users: [String]) throws -> [String: [(topic: String, origin: MembershipOrigin)]] {
        guard try connection.row("SELECT 1 FROM user_topic WHERE app = ? LIMIT 1", [.integer(app.rawValue)]) != nil else { return [:] }
        return try connection.rows(
            "SELECT user_id, topic FROM user_topic WHERE app = ? AND user_id IN", in: users.map { .text($0) },
            before: [.integer(app.rawValue)]
        ).reduce(into: [:]) { bound, row in
            let user = try row.text(0)
            bound[user, default: []].append((try row.text(1), user.isEmpty ? .everybody : .user))
        }
    }
}

/// A tag's name and value, in the order of both.
private struct Pair: Hashable, Comparable {
    let name: String
    let value: String

    init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    static func < (one: Pair, other: Pair) -> Bool { (one.name, one.value) < (other.name, other.value) }
}
