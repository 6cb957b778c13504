import HTTPTypes
import PushSender

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What the columns of a CSV file of devices mean. An empty cell says nothing.
struct CSVColumns: Sendable {
    static let tagPrefix = "tags."
    static let topicSeparator: Character = "|"
    /// In the order in which they are written; tags come behind.
    static let names = [
        "id", "provider", "token", "environment", "kind", "app_identifier", "endpoint", "p256dh", "auth", "user", "platform", "locale",
        "time_zone", "app_version", "topics", "created_at", "updated_at", "disabled_at",
    ]
    private let columns: [String]

    /// - Throws: ``Problem`` for a column that isn't known, or that is there twice.
    init(header: [String]) throws {
        columns = header
        for (index, name) in columns.enumerated() {
            guard Self.names.contains(name) || (name.hasPrefix(Self.tagPrefix) && name.count > Self.tagPrefix.count) else {
                throw Problem(
                    .unprocessableContent, "unknown_field",
                    "\(name) is no column here; known are \(Self.names.joined(separator: ", ")), and tags.NAME for each tag", field: name)
            }
            guard !columns[..<index].contains(name) else { throw Problem.invalid(name, "there are two columns of that name") }
        }
        guard columns.contains("provider") else {
            throw Problem(
                .unprocessableContent, "missing_field", "the first line must name the columns; provider is missing", field: "provider")
        }
    }

    /// - Throws: ``Problem`` that names the column.
    func line(_ fields: [String]) throws -> DeviceLine {
        guard fields.count == columns.count else {
            throw Problem(.unprocessableContent, "malformed_csv", "there are \(fields.count) fields, and \(columns.count) columns")
        }
        var words: [String: String] = [:], tags: [String: TagValue?] = [:]
        for (name, field) in zip(columns, fields) where !field.isEmpty {
            if name.hasPrefix(Self.tagPrefix) {
                tags[String(name.dropFirst(Self.tagPrefix.count))] = try Self.tag(field, name)
            } else {
                words[name] = field
            }
        }
        return try line(words, tags.isEmpty ? nil : tags)
    }

    private func line(_ words: [String: String], _ tags: [String: TagValue?]?) throws -> DeviceLine {
        guard let provider = words["provider"] else {
            throw Problem(.unprocessableContent, "missing_field", "provider is missing", field: "provider")
        }
        let token = TokenBody(
            provider: provider, subscription: try Self.subscription(words), token: words["token"], environment: words["environment"],
            kind: words["kind"], appIdentifier: words["app_identifier"])
        let profile = ProfileBody(
            platform: words["platform"], locale: words["locale"], timeZone: words["time_zone"], appVersion: words["app_version"],
            tags: tags)
        return DeviceLine(
            registration: RegistrationBody(
                token: token, profile: profile, user: words["user"], topics: try words["topics"].map(Self.topics), identityToken: nil),
            id: words["id"], createdAt: try Self.moment(words, "created_at"), updatedAt: try Self.moment(words, "updated_at"),
            disabledAt: try Self.moment(words, "disabled_at"))
    }

    private static func subscription(_ words: [String: String]) throws -> SubscriptionBody? {
        guard let endpoint = words["endpoint"] else { return nil }
        guard let p256dh = words["p256dh"], let auth = words["auth"] else {
            throw Problem(
                .unprocessableContent, "missing_field", "an endpoint needs p256dh and auth",
                field: words["p256dh"] == nil ? "p256dh" : "auth")
        }
        return SubscriptionBody(endpoint: endpoint, expirationTime: nil, keys: .init(p256dh: p256dh, auth: auth))
    }

    private static func moment(_ words: [String: String], _ column: String) throws -> Date? {
        guard let word = words[column] else { return nil }
        guard let date = Moment.date(word) else { throw Problem.invalid(column, Moment.hint) }
        return date
    }

    // MARK: Cells

    /// What looks like JSON is JSON: a number, true, false, a list, or text in quotes. Everything else is text.
    private static func tag(_ cell: String, _ column: String) throws -> TagValue {
        if let value = try? JSONDecoder().decode(TagValue.self, from: Data(cell.utf8)) { return value }
        guard let first = cell.first, !"[\"{".contains(first) else {
            throw Problem.invalid(column, "this is no JSON; text that begins with \(cell.prefix(1)) goes into quotes")
        }
        return .string(cell)
    }

    static func cell(_ tag: TagValue) throws -> String {
        if case .string(let text) = tag, let first = text.first, !"[\"{".contains(first),
            (try? JSONDecoder().decode(TagValue.self, from: Data(text.utf8))) == nil, text != "null" {
            return text
        }
        return try json(tag)
    }

    /// Names with `|` between them; or a JSON list, for names that have one inside.
    private static func topics(_ cell: String) throws -> [String] {
        guard cell.hasPrefix("[") else { return cell.split(separator: topicSeparator, omittingEmptySubsequences: false).map(String.init) }
        guard let names = try? JSONDecoder().decode([String].self, from: Data(cell.utf8)) else {
            throw Problem.invalid("topics", "give names with \(topicSeparator) between them, or a JSON list of them")
        }
        return names
    }

    static func cell(topics: [String]) throws -> String {
        let isPlain = !topics.isEmpty && !topics[0].hasPrefix("[") && topics.allSatisfy { !$0.contains(topicSeparator) }
        return try isPlain ? topics.joined(separator: String(topicSeparator)) : json(topics)
    }

    private static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
