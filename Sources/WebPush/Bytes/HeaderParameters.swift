/// Parameters of a header value: `name=value` between commas or semicolons, names in any case, values maybe quoted.
///
/// The drafts separate entries by ',' and their parameters by ';', but senders mix them up, and no value we read holds
/// either sign: so both only separate. The first of two parameters with one name counts.
struct HeaderParameters {
    private var values: [String: String] = [:]

    init(_ header: String) {
        for field in header.split(whereSeparator: { $0 == "," || $0 == ";" }) {
            guard let equals = field.firstIndex(of: "=") else { continue }
            let name = field[..<equals].trimmed.lowercased()
            if values[name] == nil { values[name] = String(field[field.index(after: equals)...].trimmed.unquoted) }
        }
    }

    /// - Parameter name: in lower case.
    subscript(_ name: String) -> String? { values[name].flatMap { $0.isEmpty ? nil : $0 } }
}

extension Substring {
    fileprivate var trimmed: Substring {
        let start = drop { $0 == " " || $0 == "\t" }
        guard let end = start.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return "" }
        return start[...end]
    }

    fileprivate var unquoted: Substring {
        count >= 2 && first == "\"" && last == "\"" ? dropFirst().dropLast() : self
    }
}
