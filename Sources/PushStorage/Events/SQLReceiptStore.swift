#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif
public import PushSender

/// Receipts in a database.
public struct SQLReceiptStore: ReceiptStore {
    private let database: any SQLDatabase

    public init(_ database: OpenDatabase) { self.database = database.sql }

    public func record(_ receipts: [LinkedReceipt], now: Date) async throws -> [ReceiptVerdict] {
        guard !receipts.isEmpty else { return [] }
        return try await database.write { connection in
            let apps = try apps(of: receipts.map(\.link.push), connection)
            return try ReceiptWriter(connection, now: now).write(
                receipts.map { one in
                    guard let app = apps[one.link.push] else { return .failure(.unknownPush) }
                    return .success(.init(receipt: one.receipt, app: app, provider: one.link.provider))
                })
        }
    }

    public func record(_ receipts: [Receipt], app: AppID, now: Date) async throws -> [ReceiptVerdict] {
        guard !receipts.isEmpty else { return [] }
        return try await database.write { connection in
            let apps = try apps(of: receipts.map(\.push), connection)
            let providers = try providers(of: receipts.map(\.device), app, connection)
            return try ReceiptWriter(connection, now: now).write(
                receipts.map { receipt in
                    guard apps[receipt.push] == app else { return .failure(.unknownPush) }
                    guard let provider = providers[receipt.device] else { return .failure(.unknownDevice) }
                    return .success(.init(receipt: receipt, app: app, provider: provider))
                })
        }
    }
}

private func apps(of pushes: [PushID], _ connection: any SQLConnection) throws -> [PushID: AppID] {
    let ids = Array(Set(pushes))
    return try connection.rows(
        "SELECT id, app FROM push WHERE id IN \(placeholders(ids.count))", padded(ids.map { .text($0.rawValue) })
    ).reduce(into: [:]) { $0[PushID(rawValue: try $1.text(0))] = AppID(rawValue: try $1.integer(1)) }
}

private func providers(of devices: [DeviceID], _ app: AppID, _ connection: any SQLConnection) throws -> [DeviceID: ProviderName] {
    let ids = Array(Set(devices))
    return try connection.rows(
        "SELECT id, provider FROM device WHERE app = ? AND id IN \(placeholders(ids.count))",
        [.integer(app.rawValue)] + padded(ids.map { .text($0.rawValue) })
    ).reduce(into: [:]) { $0[DeviceID(rawValue: try $1.text(0))] = ProviderName(rawValue: try $1.text(1)) }
}
