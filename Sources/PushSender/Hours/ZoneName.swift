public import Foundation

/// Names of the IANA time zone database, old ones too: `Europe/Vienna`, `Asia/Calcutta`, `UTC`.
public enum ZoneName {
    public static let limitBytes = 64

    /// - Parameter field: as the API spells it.
    /// - Returns: the name as it was given.
    /// - Throws: ``PushProblem`` when there is no such zone; it names a similar one.
    public static func checked(_ name: String, field: String) throws(PushProblem) -> String {
        guard zone(name) == nil else { return name }
        guard name.utf8.count <= limitBytes else {
            throw PushProblem(.invalidField, field: field, "give at most \(limitBytes) bytes: a name such as Europe/Vienna")
        }
        let hint = similar(to: name).map { "did you mean \($0)?" } ?? "give an IANA name such as Europe/Vienna"
        throw PushProblem(.invalidField, field: field, "unknown time zone: \(name); \(hint)")
    }

    /// Nil when there is no zone of that name.
    public static func zone(_ name: String) -> TimeZone? {
        guard isWellFormed(name) else { return nil }
        return TimeZone(identifier: name)
    }

    /// Foundation also knows `GMT+2`, and three letters that mean something else to everybody, `BST` and `IST` among them.
    private static func isWellFormed(_ name: String) -> Bool {
        // Foundation reads a name as far as its first NUL.
        guard name.utf8.count <= limitBytes, name.utf8.allSatisfy(isOfNames) else { return false }
        return name.contains("/") ? !name.hasPrefix("SystemV/") : namesWithoutArea.contains(name)
    }

    private static func isOfNames(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: "/_+-".utf8.contains(byte)
        }
    }

    private static let namesWithoutArea: Set = [
        "CET", "CST6CDT", "Cuba", "EET", "EST", "EST5EDT", "Egypt", "Eire", "GB", "GB-Eire", "GMT", "GMT+0", "GMT-0", "GMT0", "Greenwich",
        "HST", "Hongkong", "Iceland", "Iran", "Israel", "Jamaica", "Japan", "Kwajalein", "Libya", "MET", "MST", "MST7MDT", "NZ", "NZ-CHAT",
        "Navajo", "PRC", "PST8PDT", "Poland", "Portugal", "ROC", "ROK", "Singapore", "Turkey", "UCT", "UTC", "Universal", "W-SU", "WET",
        "Zulu",
    ]

    /// The nearest name of a place, if it is a slip of the hand away. Short names are that near to each other.
    private static func similar(to name: String) -> String? {
        let written = Array(name.lowercased().replacing(" ", with: "_").utf8)
        let places = TimeZone.knownTimeZoneIdentifiers.filter { $0.contains("/") }
        let distances = places.map { ($0, editDistance(written, Array($0.lowercased().utf8))) }
        return distances.filter { $0.1 <= 2 }.min { $0.1 < $1.1 }?.0
    }

    /// How many bytes must be put in, taken out or changed.
    private static func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        guard abs(left.count - right.count) <= 2 else { return .max }
        var row = Array(0...right.count)
        for (index, byte) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in right.indices {
                let changed = diagonal + (byte == right[column] ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(changed, row[column] + 1, diagonal + 1)
            }
        }
        return row[right.count]
    }
}
