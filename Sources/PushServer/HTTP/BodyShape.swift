/// Which fields a body may have. What isn't among them is refused: a slip of the pen must not be silence.
indirect enum BodyShape: Sendable {
    /// Anything: the App's own data.
    case any
    case object([String: BodyShape])
    case list(BodyShape)
    /// An object whose members the client names.
    case map(BodyShape)

    /// An object of these fields, whatever is in them.
    static func fields(_ names: String...) -> BodyShape { .object(Dictionary(uniqueKeysWithValues: names.map { ($0, .any) })) }

    /// With more fields.
    func with(_ more: [String: BodyShape]) -> BodyShape {
        guard case .object(let fields) = self else { return self }
        return .object(fields.merging(more) { $1 })
    }

    /// With another's fields.
    func with(_ other: BodyShape) -> BodyShape {
        guard case .object(let more) = other else { return self }
        return with(more)
    }

    /// - Returns: the first field that isn't in the shape, as the API spells it, and those that are where it stands.
    func stranger(in text: [UInt8]) -> (field: String, known: [String])? {
        var scanner = JSONScanner(text), found: (String, [String])?
        look(&scanner, "", &found)
        return found
    }

    private func look(_ scanner: inout JSONScanner, _ path: String, _ found: inout (String, [String])?) {
        scanner.skipSpace()
        switch self {
        case .any: scanner.skipValue()
        case .list(let element):
            scanner.elements { index, scanner in element.look(&scanner, "\(path)[\(index)]", &found) }
        case .map(let member):
            scanner.members { name, scanner in member.look(&scanner, Self.join(path, name), &found) }
        case .object(let fields):
            scanner.members { name, scanner in
                let field = fields[String(decoding: name, as: UTF8.self)]
                if field == nil, found == nil { found = (Self.join(path, name), fields.keys.sorted()) }
                (field ?? .any).look(&scanner, Self.join(path, name), &found)
            }
        }
    }

    private static func join(_ path: String, _ name: ArraySlice<UInt8>) -> String {
        (path.isEmpty ? "" : path + ".") + String(decoding: name.prefix(100), as: UTF8.self)
    }
}

/// A body of the native API.
protocol RequestBody: Decodable {
    static var shape: BodyShape { get }
}
