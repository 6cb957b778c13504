import Configuration
import PushStorage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension [OutboxSettings] {
    /// - Parameter config: scoped to `outbox`.
    /// - Throws: ``SettingsError`` that names the setting.
    static func read(_ config: ConfigReader) async throws -> [OutboxSettings] {
        var outboxes: [OutboxSettings] = []
        if let text = try await config.fetchString(forKey: "consumers", isSecret: true) {
            outboxes += try CentrifugoConsumer.postgres(in: Array<UInt8>(text.utf8)).map { try $0.outbox() }
        }
        if let url = try await config.fetchString(forKey: "url", isSecret: true) {
            outboxes.append(try await OutboxSettings(config, url: url))
        }
        guard Set(outboxes.map(\.name)).count == outboxes.count else {
            throw SettingsError(key: "outbox.name", message: "two outboxes have the same; give each its own")
        }
        return outboxes
    }
}

extension OutboxSettings {
    fileprivate init(_ config: ConfigReader, url: String) async throws {
        let table = try await config.fetchString(forKey: "table", default: "outbox")
        try self.init(
            key: "outbox", name: await config.fetchString(forKey: "name", default: "herald"), url: url, table: table,
            names: Names(url: "url", name: "name", table: "table"))
        partitions = try await config.checkedInt("partitions", default: partitions, Self.partitionRange)
        pageRows = try await config.checkedInt("pageRows", default: pageRows, Self.pageRange)
        pollMilliseconds = try await config.checkedInt("pollMilliseconds", default: pollMilliseconds, Self.pollRange)
        connections = try await config.checkedInt("connections", default: connections, 1...100)
        if let channel = try await config.fetchString(forKey: "channel") { try listen(to: channel, key: "outbox.channel") }
    }

    static var partitionRange: ClosedRange<Int> { 1...10_000 }
    static var pageRange: ClosedRange<Int> { 1...10_000 }
    static var pollRange: ClosedRange<Int> { 10...3_600_000 }

    /// What a setting is called where it was read.
    struct Names { let url: String, name: String, table: String }

    /// - Throws: ``SettingsError``; it doesn't mention the URL.
    init(key: String, name: String, url: String, table: String, names: Names) throws {
        if let problem = PostgresSettings.problem(in: url) {
            throw SettingsError(key: "\(key).\(names.url)", message: "it doesn't name a PostgreSQL: \(problem)")
        }
        // It stands in labels of metrics.
        let isPlain = name.utf8.allSatisfy { (0x21...0x7E).contains($0) && !#""\"#.utf8.contains($0) }
        guard isPlain, (1...100).contains(name.utf8.count) else {
            throw SettingsError(
                key: "\(key).\(names.name)", message: "give up to 100 letters, digits and signs of ASCII, no space or quote")
        }
        guard let known = SQLName(table) else {
            throw SettingsError(
                key: "\(key).\(names.table)",
                message: "\(table) is no table's name; give one like outbox, chat.outbox or \"Chat\".\"Outbox\"")
        }
        self.init(name: name, url: url, table: known)
    }

    mutating func listen(to channel: String, key: String) throws {
        guard let name = SQLName(channel, parts: 1) else {
            throw SettingsError(key: key, message: "\(channel) is no channel's name; give one like outbox_change")
        }
        self.channel = name
    }
}
