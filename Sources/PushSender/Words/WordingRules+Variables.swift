import JSON

extension WordingRules {
    func checkDeclarations(_ variables: [String: TemplateVariable]) throws(PushProblem) {
        try checkCount(variables.count)
        for (name, variable) in variables.sorted(by: { $0.key < $1.key }) {
            try checkName(name)
            guard let value = variable.default else { continue }
            try check(value, of: variable.type, "variables.\(name).default")
        }
    }

    /// What a push gives, and defaults for the rest.
    /// - Throws: names the variable that is missing, unknown or of the wrong type.
    func filled(
        _ given: [String: JSONValue], for declared: [String: TemplateVariable]
    ) throws(PushProblem) -> [String: JSONValue] {
        for (name, value) in given.sorted(by: { $0.key < $1.key }) {
            guard let variable = declared[name] else {
                let known = declared.keys.sorted().joined(separator: ", ")
                throw PushProblem(
                    .invalidField, field: "variables.\(name)",
                    declared.isEmpty ? "the template has no variables; leave it out" : "the template has no such variable; it has \(known)")
            }
            try check(value, of: variable.type, "variables.\(name)")
        }
        var values: [String: JSONValue] = [:]
        for (name, variable) in declared.sorted(by: { $0.key < $1.key }) {
            guard let value = given[name] ?? variable.default else {
                throw PushProblem(
                    .invalidField, field: "variables.\(name)", "it is missing, and has no default; give \(variable.type.words)")
            }
            values[name] = value
        }
        return values
    }

    /// The types of values that nobody declared.
    func kinds(of given: [String: JSONValue]) throws(PushProblem) -> [String: TemplateVariable.Kind] {
        try checkCount(given.count)
        var kinds: [String: TemplateVariable.Kind] = [:]
        for (name, value) in given.sorted(by: { $0.key < $1.key }) {
            try checkName(name)
            guard let kind = TemplateVariable.Kind(of: value) else {
                throw PushProblem(
                    .invalidField, field: "variables.\(name)", "give text, a number, true or false, or a list of texts")
            }
            try check(value, of: kind, "variables.\(name)")
            kinds[name] = kind
        }
        return kinds
    }

    private func checkCount(_ count: Int) throws(PushProblem) {
        guard count <= limits.variables else {
            throw PushProblem(.invalidField, field: "variables", "\(count) variables are more than the limit of \(limits.variables)")
        }
    }

    private func checkName(_ name: String) throws(PushProblem) {
        let isWord = name.utf8.allSatisfy { $0 == UInt8(ascii: "_") || Character(UnicodeScalar($0)).isLetter && $0 < 128 || isDigit($0) }
        guard isWord, let first = name.utf8.first, !isDigit(first), name.utf8.count <= limits.variableNameBytes else {
            throw PushProblem(
                .invalidField, field: "variables.\(name)",
                "name it with 1 to \(limits.variableNameBytes) of a-z, A-Z, 0-9 and _, a letter first")
        }
        guard name != "device", name != "user" else {
            throw PushProblem(.invalidField, field: "variables.\(name)", "the name is taken: it stands for what is known of the \(name)")
        }
    }

    private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private func check(_ value: JSONValue, of kind: TemplateVariable.Kind, _ field: String) throws(PushProblem) {
        guard kind.takes(value) else { throw PushProblem(.invalidField, field: field, "expected \(kind.words)") }
        guard value.itemCount <= limits.listItems else {
            throw PushProblem(.invalidField, field: field, "a list has at most \(limits.listItems) items")
        }
        guard value.textBytes <= limits.variableBytes else {
            throw PushProblem(
                .tooLarge, field: field, "\(value.textBytes) bytes are more than the limit of \(limits.variableBytes) bytes")
        }
    }
}

extension JSONValue {
    fileprivate var itemCount: Int { if case .array(let items) = self { items.count } else { 1 } }

    fileprivate var textBytes: Int {
        switch self {
        case .string(let text): text.utf8.count
        case .array(let items): items.reduce(0) { $0 + $1.textBytes }
        default: 0
        }
    }
}
