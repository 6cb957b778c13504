import PushStorage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// One of `consumers` in a configuration of Centrifugo's.
struct CentrifugoConsumer: Decodable {
    private let enabled: Bool?
    private let name: String?
    private let type: String?
    private let postgresql: PostgreSQL?

    private struct PostgreSQL: Decodable {
        let dsn: String?
        let outboxTableName: String?
        let numPartitions: Int?
        let partitionSelectLimit: Int?
        let partitionPollInterval: String?
        let partitionNotificationChannel: String?
        let tls: TLS?

        struct TLS: Decodable { let enabled: Bool? }
    }

    /// Those that are on and read a PostgreSQL.
    /// - Throws: ``SettingsError``
    static func postgres(in json: [UInt8]) throws -> [Self] { try all(json).filter { $0.isOn && $0.type == "postgresql" } }

    /// Those that are on and read something else, as the configuration calls them.
    static func others(in json: [UInt8]) throws -> [String] {
        try all(json).filter { $0.isOn && $0.type != "postgresql" }.map { "consumers: \($0.name ?? "") of type \($0.type ?? "")" }
    }

    private static func all(_ json: [UInt8]) throws -> [Self] {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        do {
            return try decoder.decode([Self].self, from: Data(json))
        } catch {
            throw SettingsError(key: "consumers", message: "give a list in JSON, as Centrifugo's configuration has it")
        }
    }

    /// Version 5 knows no switch.
    private var isOn: Bool { enabled ?? true }

    /// - Throws: ``SettingsError`` that names the key in Centrifugo's spelling.
    func outbox() throws -> OutboxSettings {
        let key = "consumers.\(name ?? "").postgresql"
        guard let name, let dsn = postgresql?.dsn, let table = postgresql?.outboxTableName else {
            throw SettingsError(key: key, message: "it needs a name, postgresql.dsn and postgresql.outbox_table_name")
        }
        guard postgresql?.tls?.enabled != true else {
            throw SettingsError(
                key: "\(key).tls", message: "say it in the dsn, with sslmode=verify-full and sslrootcert=FILE, and leave tls out")
        }
        var outbox = try OutboxSettings(
            key: key, name: name, url: dsn, table: table, names: .init(url: "dsn", name: "name", table: "outbox_table_name"))
        outbox.partitions = try checked("num_partitions", postgresql?.numPartitions, outbox.partitions, OutboxSettings.partitionRange)
        outbox.pageRows = try checked(
            "partition_select_limit", postgresql?.partitionSelectLimit, outbox.pageRows, OutboxSettings.pageRange)
        outbox.pollMilliseconds = try pollMilliseconds(key, outbox.pollMilliseconds)
        if let channel = postgresql?.partitionNotificationChannel, !channel.isEmpty {
            try outbox.listen(to: channel, key: "\(key).partition_notification_channel")
        }
        return outbox

        func checked(_ field: String, _ value: Int?, _ usual: Int, _ range: ClosedRange<Int>) throws -> Int {
            guard let value else { return usual }
            guard range.contains(value) else {
                throw SettingsError(
                    key: "\(key).\(field)", message: "\(value) is outside of \(range.lowerBound) to \(range.upperBound)")
            }
            return value
        }
    }

    private func pollMilliseconds(_ key: String, _ usual: Int) throws -> Int {
        guard let text = postgresql?.partitionPollInterval else { return usual }
        let range = OutboxSettings.pollRange
        let milliseconds = GoDuration(text).map { ($0.seconds * 1000).rounded(.up) }
        guard let milliseconds, (Double(range.lowerBound)...Double(range.upperBound)).contains(milliseconds) else {
            throw SettingsError(
                key: "\(key).partition_poll_interval", message: "\(text): give a duration like 300ms, from 10ms to 1h")
        }
        return Int(milliseconds)
    }
}
