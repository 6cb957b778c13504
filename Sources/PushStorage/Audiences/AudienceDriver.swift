import PushSender

/// A place where devices of an audience stand together.
enum AudienceDriver: Hashable {
    case devices([String])
    case users([String])
    case topics([String])
    /// A tag's values, as ``TagKey`` has them.
    case tag(String, [String])
    /// A record's values at a place, as ``RecordKey`` has them.
    case records(RecordPlace, [String])

    /// Nil for what no place holds the devices of in their order.
    init?(_ term: AudienceTerm) {
        switch term {
        case .topic(let topic): self = .topics([topic])
        case .isOneOf(.tag(let name), let values): self = .tag(name, values.compactMap(TagKey.of))
        case .record(let collection, let path, .isOneOf(let values)):
            self = .records(RecordPlace(collection: collection, path: path), RecordFilter.keys(values))
        case .isOneOf(.device(.id), let values): self = .devices(values.compactMap(\.text).filter { !$0.isEmpty })
        case .isOneOf(.device(.user), let values): self = .users(values.compactMap(\.text).filter { !$0.isEmpty })
        default: return nil
        }
        if names.isEmpty { return nil }
    }

    var names: [String] {
        switch self {
        case .devices(let names), .users(let names), .topics(let names), .tag(_, let names), .records(_, let names): names
        }
    }

    var isNamed: Bool {
        switch self {
        case .devices, .users: true
        case .topics, .tag, .records: false
        }
    }

    /// A guess at how much there is to read: in thousandths of what a topic holds.
    var cost: Int {
        switch self {
        case .devices, .users: names.count
        case .topics: 1000 * names.count
        // What is yes or no is so for very many.
        case .tag(_, let values), .records(_, let values): values.reduce(0) { $0 + ($1.hasPrefix("b") ? 50_000 : 1000) }
        }
    }

    /// One for each place, with all that is looked for there; each name once.
    static func merged(_ drivers: [AudienceDriver]) -> [AudienceDriver] {
        var merged: [AudienceDriver] = []
        for driver in drivers {
            if let index = merged.firstIndex(where: { $0.isBeside(driver) }) {
                merged[index] = merged[index].naming(merged[index].names + driver.names)
            } else {
                merged.append(driver)
            }
        }
        return merged.map { $0.naming(distinct($0.names)) }
    }

    /// One for each name, so that each stands in the order of cursors; devices and users stay together, for they are few.
    var apart: [AudienceDriver] { isNamed ? [self] : distinct(names).map { naming([$0]) } }

    private func isBeside(_ other: AudienceDriver) -> Bool { naming([]) == other.naming([]) }

    private func naming(_ names: [String]) -> AudienceDriver {
        switch self {
        case .devices: .devices(names)
        case .users: .users(names)
        case .topics: .topics(names)
        case .tag(let name, _): .tag(name, names)
        case .records(let place, _): .records(place, names)
        }
    }
}

/// Where a value stands in records.
struct RecordPlace: Hashable {
    let collection: RecordCollection
    let path: String
}

/// Byte by byte, in their first order: Swift takes texts for equal that databases tell apart.
private func distinct(_ names: [String]) -> [String] {
    var seen: Set<[UInt8]> = []
    return names.filter { seen.insert(Array($0.utf8)).inserted }
}
