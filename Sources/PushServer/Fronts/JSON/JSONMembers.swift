#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A JSON object's members in their order, each value as its own text: so a member can be put into an object that somebody else wrote
/// without touching the others.
struct JSONMembers: Sendable, Hashable {
    private struct Member: Sendable, Hashable {
        /// As it stands between the quotes.
        let name: String
        var value: String
    }

    private var members: [Member] = []
    /// What was read; nil once something has changed.
    private var original: String?

    init() {}

    /// - Parameter text: a JSON object.
    /// - Returns: nil for any other JSON, and for what is none.
    init?(_ text: String) {
        guard (try? JSONDecoder().decode(Nothing.self, from: Data(text.utf8))) != nil else { return nil }
        var scanner = JSONScanner(Array(text.utf8)), found: [Member] = []
        scanner.skipSpace()
        guard scanner.next == UInt8(ascii: "{") else { return nil }
        scanner.members { name, scanner in
            let value = scanner.takeValue()
            found.append(Member(name: String(decoding: name, as: UTF8.self), value: String(decoding: value, as: UTF8.self)))
        }
        members = found
        original = text
    }

    /// Reads nothing, and so checks only that it is JSON.
    private struct Nothing: Decodable {
        init(from decoder: any Decoder) throws { _ = try decoder.container(keyedBy: Name.self) }
        private enum Name: CodingKey {}
    }

    var isEmpty: Bool { members.isEmpty }
    var names: [String] { members.map(\.name) }

    /// A value's text; of several with one name the last. `nil` takes nothing out.
    subscript(name: String) -> String? {
        get { members.last { $0.name == name }?.value }
        set {
            guard let newValue else { return }
            original = nil
            if let index = members.lastIndex(where: { $0.name == name }) {
                members[index].value = newValue
            } else {
                members.append(Member(name: name, value: newValue))
            }
        }
    }

    /// Puts a value where there is none.
    mutating func fill(_ name: String, _ value: String?) {
        if self[name] == nil { self[name] = value }
    }

    /// Changes the object that is a member's value, or makes it; whatever else stands there is replaced.
    mutating func change(_ name: String, _ work: (inout JSONMembers) -> Void) {
        let before = self[name].flatMap { JSONMembers($0) } ?? JSONMembers()
        var after = before
        work(&after)
        if after != before { self[name] = after.text }
    }

    /// The same members with other values.
    func mapValues(_ change: (String) -> String) -> JSONMembers {
        var changed = self
        for index in members.indices { changed.members[index].value = change(members[index].value) }
        if changed.members != members { changed.original = nil }
        return changed
    }

    /// The object; byte for byte what was read, where nothing has changed.
    var text: String {
        original ?? "{" + members.map { "\"\($0.name)\":\($0.value)" }.joined(separator: ",") + "}"
    }

    /// An object of values that are JSON already.
    static func object(_ values: KeyValuePairs<String, String>) -> String {
        var members = JSONMembers()
        for (name, value) in values { members[name] = value }
        return members.text
    }

    /// A JSON string.
    static func string(_ text: String) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        // A text always encodes.
        return (try? encoder.encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
    }
}
