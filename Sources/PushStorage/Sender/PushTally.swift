import PushSender

/// How many devices of a push came to which end, by provider, in the table `tally`.
struct PushTally {
    private let push: PushID
    private let provider: ProviderName
    private let connection: any SQLConnection
    /// Of one push. What goes beyond is counted without its reason.
    private static let reasonLimit = 50
    private static let reasonLimitBytes = 200

    init(_ push: PushID, _ provider: ProviderName, _ connection: any SQLConnection) {
        self.push = push
        self.provider = provider
        self.connection = connection
    }

    private static let kinds: [(name: String, path: any WritableKeyPath<PushCounters, Int> & Sendable)] = [
        ("queued", \.queued), ("accepted", \.accepted), ("expired", \.expired), ("unregistered", \.unregistered),
        ("retrying", \.retrying), ("cancelled", \.cancelled), ("received", \.received), ("opened", \.opened),
        ("dismissed", \.dismissed),
    ]
    /// Those that are told apart by a reason.
    private static let reasoned: [(name: String, path: any WritableKeyPath<PushCounters, Int> & Sendable)] = [
        ("failed", \.failed), ("dropped", \.dropped),
    ]

    /// - Parameters:
    ///   - failed: the failed devices of `counters` by their reasons.
    ///   - dropped: the dropped ones.
    func add(_ counters: PushCounters, failed: [String: Int] = [:], dropped: [String: Int] = [:]) throws {
        let plain = Self.kinds.map { (kind: $0.name, reason: "", devices: counters[keyPath: $0.path]) }
        try add(plain + reasons("failed", failed) + reasons("dropped", dropped))
    }

    func add(_ kind: String, devices: Int) throws { try add([(kind, "", devices)]) }

    func forgetQueued() throws {
        try connection.execute("DELETE FROM tally WHERE push = ? AND kind = 'queued'", [.text(push.rawValue)])
    }

    private func add(_ entries: [(kind: String, reason: String, devices: Int)]) throws {
        try connection.execute(
            """
            INSERT INTO tally (push, provider, kind, reason, devices) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (push, provider, kind, reason) DO UPDATE SET devices = tally.devices + excluded.devices
            """,
            each: entries.filter { $0.devices != 0 }.map { entry in
                [
                    .text(push.rawValue), .text(provider.rawValue), .text(entry.kind), .text(entry.reason), .integer(entry.devices),
                ]
            })
    }

    private func reasons(_ kind: String, _ devices: [String: Int]) throws -> [(kind: String, reason: String, devices: Int)] {
        guard devices.contains(where: { $0.value > 0 }) else { return [] }
        var known = Set(
            try connection.rows(
                "SELECT reason FROM tally WHERE push = ? AND provider = ? AND kind = ?",
                [.text(push.rawValue), .text(provider.rawValue), .text(kind)]
            ).map { try $0.text(0) })
        var counted: [String: Int] = [:]
        for (reason, count) in devices.sorted(by: { $0.key < $1.key }) where count > 0 {
            let short = String(decoding: reason.utf8.prefix(Self.reasonLimitBytes), as: UTF8.self)
            let isKnown = known.count < Self.reasonLimit ? known.insert(short).memberAfterInsert == short : known.contains(short)
            counted[isKnown ? short : "", default: 0] += count
        }
        return counted.map { (kind, $0.key, $0.value) }
    }

    // MARK: Reading

    struct Sums {
        var counters: [ProviderName: PushCounters] = [:]
        var failures: [PushStatus.FailureCount] = []
    }

    static func sums(of pushes: [PushID], _ connection: any SQLConnection) throws -> [PushID: Sums] {
        guard !pushes.isEmpty else { return [:] }
        let rows = try connection.rows(
            """
            SELECT push, provider, kind, reason, devices FROM tally WHERE push IN \(placeholders(pushes.count)) ORDER BY devices DESC,
            reason
            """,
            padded(pushes.map { .text($0.rawValue) }))
        return try rows.reduce(into: [:]) { sums, row in
            let (push, provider) = (PushID(rawValue: try row.text(0)), ProviderName(rawValue: try row.text(1)))
            try add(row, of: provider, to: &sums[push, default: Sums()])
        }
    }

    private static func add(_ row: SQLRow, of provider: ProviderName, to sums: inout Sums) throws {
        let (kind, reason, devices) = (try row.text(2), try row.text(3), try row.int(4))
        guard let known = (kinds + reasoned).first(where: { $0.name == kind }) else { return }
        // Devices that registered after the others were counted are met without having been.
        sums.counters[provider, default: PushCounters()][keyPath: known.path] += max(0, devices)
        if kind == "failed", !reason.isEmpty { sums.failures.append(.init(provider: provider, reason: reason, devices: devices)) }
    }
}
