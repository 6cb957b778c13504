#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import PushSender

/// Writes receipts inside a transaction: each once, with its tally and its event.
struct ReceiptWriter {
    /// A receipt of a push that there is.
    struct Known {
        let receipt: Receipt
        let app: AppID
        let provider: ProviderName
    }

    enum Refusal: Error {
        case unknownPush, unknownDevice

        var verdict: ReceiptVerdict { self == .unknownPush ? .unknownPush : .unknownDevice }
    }

    private let connection: any SQLConnection
    private let now: Date

    init(_ connection: any SQLConnection, now: Date) {
        self.connection = connection
        self.now = now
    }

    /// - Returns: a verdict for each, in order.
    func write(_ receipts: [Result<Known, Refusal>]) throws -> [ReceiptVerdict] {
        var verdicts = receipts.map { receipt in
            if case .failure(let refusal) = receipt { refusal.verdict } else { ReceiptVerdict.repeated }
        }
        // In one order for all: two nodes with the same receipts wait one for the other, instead of both until the database ends one.
        let known = receipts.indices.compactMap { index in (try? receipts[index].get()).map { (index, $0) } }
            .sorted { $0.1.order.lexicographicallyPrecedes($1.1.order) }
        let inserted = try insert(known.map(\.1))
        let counted = zip(known, inserted).filter { $1 == 1 }.map(\.0)
        for (index, _) in counted { verdicts[index] = .counted }
        try count(counted.map(\.1))
        try insertEvents(counted.map { event($1) }, connection)
        return verdicts
    }

    private func insert(_ receipts: [Known]) throws -> [Int] {
        try connection.execute(
            "INSERT INTO receipt (push, device, kind, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            each: receipts.map { $0.order.map { .text($0) } + [.date(now)] })
    }

    private func count(_ receipts: [Known]) throws {
        let tallies = Dictionary(grouping: receipts) { [$0.receipt.push.rawValue, $0.provider.rawValue, $0.receipt.kind.rawValue] }
        for (_, same) in tallies.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            guard let one = same.first else { continue }
            try PushTally(one.receipt.push, one.provider, connection).add(one.receipt.kind.rawValue, devices: same.count)
        }
    }

    private func event(_ one: Known) -> NewEvent {
        .receipt(one.receipt.kind, from: one.receipt.device, one.provider, of: one.receipt.push, app: one.app, at: now)
    }
}

extension ReceiptWriter.Known {
    fileprivate var order: [String] { [receipt.push.rawValue, receipt.device.rawValue, receipt.kind.rawValue] }
}
