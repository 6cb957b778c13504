import Crypto
import JSON
import PushSender

/// A record's values with their places, as they stand in `record_term`.
struct RecordTerms {
    struct Term: Hashable {
        let path: String
        let value: String
        let longText: String?
    }

    /// At most ``RecordLimits/terms``, each once.
    private(set) var terms: [Term] = []
    private var known: Set<[String]> = []

    /// - Parameter body: a JSON object. Its member `id` is nobody's.
    init(_ body: String) throws {
        guard case .object(let members) = try value(JSONValue.self, body) else { throw StorageError(.failed, "a record is no JSON object") }
        for (name, value) in members.sorted(by: { $0.key < $1.key }) where name != "id" { add(name, value) }
    }

    private mutating func add(_ path: String, _ value: JSONValue) {
        switch value {
        case .null: return
        case .bool(let value): keep(path, .boolean(value))
        case .integer(let value): keep(path, .number(Double(value)))
        case .number(let value): keep(path, .number(value))
        case .string(let value): keep(path, .string(value))
        case .array(let members):
            keep(path, RecordKey.container)
            for member in members { add(path, member) }
        case .object(let members):
            keep(path, RecordKey.container)
            for (name, value) in members.sorted(by: { $0.key < $1.key }) { add(path + "." + name, value) }
        }
    }

    private mutating func keep(_ path: String, _ value: TagValue) {
        if let key = RecordKey(value) { keep(path, key) }
    }

    private mutating func keep(_ path: String, _ key: RecordKey) {
        guard terms.count < RecordLimits.terms, path.utf8.count <= RecordLimits.pathBytes else { return }
        guard known.insert([path, key.value]).inserted else { return }
        terms.append(Term(path: path, value: key.value, longText: key.longText))
    }
}

/// A value in the form of ``TagKey``, no longer than an index takes: of long text the beginning, then its digest.
struct RecordKey {
    let value: String
    /// The whole text where `value` isn't.
    let longText: String?

    /// What says that there is an object or a list, of no matter what. It comes after all values.
    static let container = RecordKey(value: "z", longText: nil)

    private init(value: String, longText: String?) {
        self.value = value
        self.longText = longText
    }

    /// Nil for lists.
    init?(_ value: TagValue) {
        guard let key = TagKey.of(value) else { return nil }
        guard key.utf8.count > RecordTest.comparedBytes + 1, case .string(let text) = value else {
            self.value = key
            longText = nil
            return
        }
        let digest = SHA256.hash(data: Array(text.utf8)).prefix(16).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
        self.value = "s" + Self.beginning(text) + "\u{1F}" + digest.joined()
        longText = text
    }

    private static func beginning(_ text: String) -> String {
        var bytes = 0
        return String(String.UnicodeScalarView(text.unicodeScalars.prefix {
            bytes += UTF8.width($0)
            return bytes <= RecordTest.comparedBytes
        }))
    }
}
