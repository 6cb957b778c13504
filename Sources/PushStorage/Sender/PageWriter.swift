import Foundation
import PushSender

/// Writes one page's record inside a transaction.
struct PageWriter {
    private let page: PageRecord
    private let owner: LeaseOwner
    private let connection: any SQLConnection
    private let dialect: SQLDialect

    init(_ page: PageRecord, _ owner: LeaseOwner, _ connection: any SQLConnection, _ dialect: SQLDialect) {
        self.page = page
        self.owner = owner
        self.connection = connection
        self.dialect = dialect
    }

    /// - Returns: `.lost`, with nothing written, when the lease is no longer the owner's.
    func write() throws -> PageFate {
        switch try standing() {
        case .lost: return .lost
        case .recorded: return .written(ending: try ending())
        case .held: break
        }
        try moveSlice()
        let known = try writeRetries()
        try insertFailures()
        try disableDead()
        for moved in page.moved { try TokenNews(connection).move(moved, at: page.recordedAt) }
        // The push's row is locked before anybody asks whether anything is left, so that the last of two pages sees the other.
        let ending = try wait(page.counters.retrying - known)
        try count(alreadyWaiting: known)
        try finishPush()
        return .written(ending: ending)
    }

    private enum Standing {
        case held
        case lost
        /// An earlier commit of this very page took effect, though its answer was lost.
        case recorded
    }

    private func standing() throws -> Standing {
        switch page.source {
        case .slice(let slice, let isFinished, _, _): try standing(of: slice, isFinished: isFinished)
        case .retries: try holdsRetries() ? .held : .lost
        }
    }

    private func standing(of slice: Slice, isFinished: Bool) throws -> Standing {
        let row = try connection.row(
            "SELECT cursor_shard, cursor_device, last_shard FROM slice WHERE id = ? AND lease_owner = ?\(dialect.forUpdate)",
            [.integer(slice.id), .text(owner.rawValue)])
        guard let row else { return .lost }
        let isThere = try row.optionalInt(0) == slice.cursor?.shard && row.optionalText(1) == slice.cursor?.device.rawValue
        // A page with devices moves the cursor, and what is given away is no longer in the slice's range: where they stand already, this
        // was written. The last page leaves no slice to find.
        let hasGiven = try page.gives && row.int(2) == slice.range.last
        return isThere && !isFinished && (page.counters != PushCounters() || hasGiven) ? .recorded : .held
    }

    private func holdsRetries() throws -> Bool {
        let devices = page.settled + page.postponed.map(\.device)
        guard !devices.isEmpty else { return true }
        let held = try connection.rows(
            """
            SELECT device FROM retry WHERE push = ? AND lease_owner = ? AND device IN \(placeholders(devices.count))
            ORDER BY device\(dialect.forUpdate)
            """,
            [.text(page.push.rawValue), .text(owner.rawValue)] + padded(devices.map { .text($0.rawValue) }))
        return held.count == devices.count
    }

    private func moveSlice() throws {
        guard case .slice(let slice, let isFinished, let given, let release) = page.source else { return }
        if isFinished {
            try connection.execute("DELETE FROM slice WHERE id = ?", [.integer(slice.id)])
        } else {
            try connection.execute(
                """
                UPDATE slice SET last_shard = ?, cursor_shard = ?, cursor_device = ? WHERE id = ?
                """,
                [
                    .integer(slice.range.last), .integer(slice.cursor?.shard), .text(slice.cursor?.device.rawValue),
                    .integer(slice.id),
                ])
            try handBack(slice, release)
        }
        if let given {
            try NewSliceRow(push: page.push, segment: Segment(lane: page.lane, timeZone: slice.timeZone), kind: .broadcast, range: given)
                .insert(connection)
        }
    }

    private func handBack(_ slice: Slice, _ release: PageRecord.Release) throws {
        let none = Date(milliseconds: 0)
        let (due, notBefore): (Date, Date)
        switch release {
        case .kept: return
        case .until(let until): (due, notBefore) = (until ?? none, none)
        case .notBefore(let moment): (due, notBefore) = (moment, moment)
        }
        try connection.execute(
            "UPDATE slice SET lease_owner = NULL, lease_until = ?, not_before = ? WHERE id = ?",
            [.date(due), .date(notBefore), .integer(slice.id)])
    }

    /// - Returns: how many devices of a slice's page wait already: one that changed its lane meanwhile may be met in both.
    private func writeRetries() throws -> Int {
        try connection.execute(
            "DELETE FROM retry WHERE push = ? AND device = ?",
            each: page.settled.map { [.text(page.push.rawValue), .text($0.rawValue)] })
        let written: [Int]
        switch page.source {
        case .slice:
            written = try connection.execute(
                """
                INSERT INTO retry (attempts, due_at, lease_owner, lease_until, push, device, \(LaneRow.columns))
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
                """,
                each: page.postponed.map { values($0) + LaneRow.values(page.lane) })
        case .retries:
            written = try connection.execute(
                "UPDATE retry SET attempts = ?, due_at = ?, lease_owner = ?, lease_until = ? WHERE push = ? AND device = ?",
                each: page.postponed.map(values))
        }
        return written.count { $0 == 0 }
    }

    private func values(_ retry: PageRecord.Postponed) -> [SQLValue] {
        [
            .integer(retry.attempts), .date(retry.dueAt), .text(retry.leaseUntil == nil ? nil : owner.rawValue),
            .date(retry.leaseUntil ?? Date(milliseconds: 0)), .text(page.push.rawValue), .text(retry.device.rawValue),
        ]
    }

    private func insertFailures() throws {
        try connection.execute(
            "INSERT INTO failure (push, device, kind, reason, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            each: page.failures.map { failure in
                [
                    .text(page.push.rawValue), .text(failure.device.rawValue), .text(failure.kind.rawValue),
                    .text(failure.reason), .date(failure.at),
                ]
            })
        try insertEvents(page.failures.map { .deliveryFailed($0, of: page.push, in: page.lane) }, connection)
    }

    private func disableDead() throws {
        let disabled = try TokenNews(connection).disable(page.dead)
        try insertEvents(
            zip(page.dead, disabled).filter { $1 > 0 }.map { dead, _ in
                .deviceDisabled(dead.device, by: page.push, in: page.lane, at: page.recordedAt)
            }, connection)
    }

    /// Locks the push.
    private func wait(_ more: Int) throws -> PushEnding? {
        let row = try connection.row(
            "UPDATE push SET retrying = retrying + ? WHERE id = ? RETURNING cancelled_at, superseded_by",
            [.integer(more), .text(page.push.rawValue)])
        return try row.flatMap { try PushRow.ending($0, at: 0) }
    }

    private func ending() throws -> PushEnding? {
        try connection.row("SELECT cancelled_at, superseded_by FROM push WHERE id = ?", [.text(page.push.rawValue)])
            .flatMap { try PushRow.ending($0, at: 0) }
    }

    private func count(alreadyWaiting: Int) throws {
        var counters = page.counters
        counters.retrying -= alreadyWaiting
        let reasons = page.failures.reduce(into: [:]) { $0[$1.reason, default: 0] += $1.kind == .failed ? 1 : 0 }
        try PushTally(page.push, page.lane.provider, connection).add(counters, failed: reasons, dropped: page.drops)
    }

    /// Nothing waits any more: the push is done.
    private func finishPush() throws {
        let isDone = try connection.execute(
            """
            UPDATE push SET finished_at = ? WHERE id = ? AND retrying = 0 AND finished_at IS NULL
              AND NOT EXISTS (SELECT 1 FROM slice WHERE slice.push = push.id)
            """,
            [.date(page.recordedAt), .text(page.push.rawValue)]) > 0
        guard isDone else { return }
        try insertEvents([.pushFinished(page.push, app: page.lane.app, at: page.recordedAt)], connection)
        // Who left the audience after it was counted is met by nobody.
        if page.isLong { try PushTally(page.push, page.lane.provider, connection).forgetQueued() }
    }
}

extension PageRecord {
    /// Whether devices of it may have been counted before they were met.
    fileprivate var isLong: Bool {
        if case .slice(let slice, _, _, _) = source { counters.queued != 0 || slice.range != .all } else { true }
    }

    fileprivate var gives: Bool {
        if case .slice(_, _, .some, _) = source { true } else { false }
    }
}
