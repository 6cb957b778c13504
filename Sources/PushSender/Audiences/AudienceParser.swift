/// Reads the grammar of ``AudienceExpression``, a method for each of its rules, from `or` downwards.
struct AudienceParser {
    private let lexer: AudienceLexer
    private let words: [AudienceLexer.Word]
    private var position = 0
    private var nesting = 0
    private var terms = 0

    static func parse(_ text: String) throws(AudienceExpressionProblem) -> AudienceCondition {
        guard text.utf8.count <= AudienceExpressionLimits.textBytes else {
            throw AudienceExpressionProblem(
                "\(text.utf8.count) bytes are more than the limit of \(AudienceExpressionLimits.textBytes)",
                "say it in fewer words, or with a topic", at: 0, of: "")
        }
        var parser = try AudienceParser(text)
        let condition = try parser.disjunction()
        guard parser.word == .end else { throw parser.unexpected("\"and\", \"or\" or the end was expected") }
        return condition
    }

    private init(_ text: String) throws(AudienceExpressionProblem) {
        var lexer = AudienceLexer(text)
        words = try lexer.words()
        self.lexer = lexer
    }

    // MARK: Rules

    private mutating func disjunction() throws(AudienceExpressionProblem) -> AudienceCondition {
        var parts = [try conjunction()]
        while take(name: "or") { parts.append(try conjunction()) }
        return parts.count == 1 ? parts[0] : .any(parts)
    }

    private mutating func conjunction() throws(AudienceExpressionProblem) -> AudienceCondition {
        var parts = [try negation()]
        while take(name: "and") { parts.append(try negation()) }
        return parts.count == 1 ? parts[0] : .all(parts)
    }

    private mutating func negation() throws(AudienceExpressionProblem) -> AudienceCondition {
        if word == .name("not") { return .not(try nested { parser throws(AudienceExpressionProblem) in try parser.negation() }) }
        guard word == .symbol("(") else { return try term() }
        let condition = try nested { parser throws(AudienceExpressionProblem) in try parser.disjunction() }
        try expect(")", "\"and\", \"or\" or \")\" was expected")
        return condition
    }

    /// After the word that stands here.
    private mutating func nested(
        _ rule: (inout AudienceParser) throws(AudienceExpressionProblem) -> AudienceCondition
    ) throws(AudienceExpressionProblem) -> AudienceCondition {
        guard nesting < AudienceExpressionLimits.nestingLevels else {
            throw problem(
                "more than \(AudienceExpressionLimits.nestingLevels) parentheses and \"not\" stand within each other", "say it flatter")
        }
        nesting += 1
        defer { nesting -= 1 }
        advance()
        return try rule(&self)
    }

    private mutating func term() throws(AudienceExpressionProblem) -> AudienceCondition {
        terms += 1
        guard terms <= AudienceExpressionLimits.terms else {
            throw problem("there are more than \(AudienceExpressionLimits.terms) comparisons", "use \"in [ … ]\", or a topic")
        }
        switch word {
        case .name("topic"): return .term(.topic(try quoted("topic")))
        case .name("has"): return .term(.has(try hasField()))
        case .name: return try comparison(try field())
        default: throw unexpected("a tag's name, \"device.…\", \"has(…)\", \"topic(…)\", \"not\" or \"(\" was expected")
        }
    }

    private mutating func hasField() throws(AudienceExpressionProblem) -> AudienceField {
        advance()
        try expect("(", "\"(\" was expected after \"has\"; a tag of that name is written tag(\"has\")")
        let field = try field()
        try expect(")", "\")\" was expected")
        return field
    }

    private mutating func comparison(_ field: AudienceField) throws(AudienceExpressionProblem) -> AudienceCondition {
        if take(name: "not") {
            guard word == .name("in") else { throw unexpected("\"in\" was expected after \"not\"") }
            return .not(try membership(field))
        }
        if word == .name("in") { return try membership(field) }
        guard case .symbol(let symbol) = word, symbol == "==" || symbol == "!=" || AudienceOrder(rawValue: symbol) != nil else {
            return try alone(field)
        }
        if let order = AudienceOrder(rawValue: symbol) { return .term(try ordered(field, order)) }
        try refuseEquality(of: field)
        advance()
        let equality = AudienceCondition.term(.isOneOf(field, [try literal(for: field)]))
        return symbol == "==" ? equality : .not(equality)
    }

    private mutating func alone(_ field: AudienceField) throws(AudienceExpressionProblem) -> AudienceCondition {
        if case .device(let name) = field {
            throw unexpected("device.\(name.rawValue) is text: compare it, or write has(device.\(name.rawValue))")
        }
        return .term(.isOneOf(field, [.boolean(true)]))
    }

    private mutating func ordered(_ field: AudienceField, _ order: AudienceOrder) throws(AudienceExpressionProblem) -> AudienceTerm {
        guard field.isOrdered else { throw unexpected("this field has no order: use ==, !=, \"in\" or \"not in\"") }
        advance()
        guard field == .device(.lastSeen) else { return .compares(field, order, try literal(for: field)) }
        guard case .string(let text) = word, let moment = AudienceMoment(text) else {
            throw unexpected("a moment was expected: \"30d ago\" (m, h, d, w) or \"2026-01-31T09:00:00Z\"")
        }
        advance()
        return .lastSeen(order, moment)
    }

    private mutating func membership(_ field: AudienceField) throws(AudienceExpressionProblem) -> AudienceCondition {
        try refuseEquality(of: field)
        advance()
        try expect("[", "\"[\" was expected after \"in\"")
        var members = [try literal(for: field)]
        while word == .symbol(",") {
            advance()
            guard members.count < AudienceExpressionLimits.listMembers else {
                throw problem("the list has more than \(AudienceExpressionLimits.listMembers) members", "use a topic")
            }
            members.append(try literal(for: field))
        }
        try expect("]", "\",\" or \"]\" was expected")
        return .term(.isOneOf(field, members))
    }

    private func refuseEquality(of field: AudienceField) throws(AudienceExpressionProblem) {
        if field == .device(.lastSeen) { throw unexpected("moments are compared with <, <=, > or >=") }
    }

    // MARK: Names and values

    private static let keywords: Set<String> = ["and", "or", "not", "in", "has", "topic", "tag", "true", "false"]

    private mutating func field() throws(AudienceExpressionProblem) -> AudienceField {
        guard case .name(let name) = word else { throw unexpected("a tag's name or \"device.…\" was expected") }
        if name == "tag" { return .tag(try quoted("tag")) }
        guard !Self.keywords.contains(name) else {
            throw unexpected("a condition was expected; a tag of that name is written tag(\"\(name)\")")
        }
        if name.hasPrefix("device.") || name == "device" { return .device(try deviceField(name)) }
        advance()
        return .tag(name)
    }

    private mutating func deviceField(_ name: String) throws(AudienceExpressionProblem) -> DeviceField {
        guard let field = DeviceField(rawValue: String(name.dropFirst("device.".count))) else {
            throw problem(
                "devices have no field \"\(name)\"",
                "there are " + DeviceField.allCases.map { "device.\($0.rawValue)" }.joined(separator: ", "))
        }
        advance()
        return field
    }

    /// `topic("x")` and `tag("x")`: what stands in it.
    private mutating func quoted(_ function: String) throws(AudienceExpressionProblem) -> String {
        advance()
        try expect("(", "\"(\" was expected after \"\(function)\"; a tag of that name is written tag(\"\(function)\")")
        guard case .string(let text) = word, !text.isEmpty else { throw unexpected("a name in double quotes was expected") }
        advance()
        try expect(")", "\")\" was expected")
        return text
    }

    private mutating func literal(for field: AudienceField) throws(AudienceExpressionProblem) -> TagValue {
        let value: TagValue
        switch word {
        case .string(let text): value = .string(text)
        case .number(let number): value = .number(number)
        case .name("true"): value = .boolean(true)
        case .name("false"): value = .boolean(false)
        default: throw unexpected("a value was expected: \"text\", a number, true or false")
        }
        if case .device(let name) = field {
            guard case .string = value else { throw unexpected("device.\(name.rawValue) is text: write the value in double quotes") }
        }
        advance()
        return value
    }

    // MARK: Words

    private var word: AudienceLexer.Kind { words[position].kind }

    /// The end is never passed.
    private mutating func advance() { position = min(position + 1, words.count - 1) }

    private mutating func take(name: String) -> Bool {
        guard word == .name(name) else { return false }
        advance()
        return true
    }

    private mutating func expect(_ symbol: String, _ expectation: String) throws(AudienceExpressionProblem) {
        guard word == .symbol(symbol) else { throw unexpected(expectation) }
        advance()
    }

    private func problem(_ problem: String, _ remedy: String) -> AudienceExpressionProblem {
        lexer.problem(problem, remedy, at: words[position].offset)
    }

    private func unexpected(_ remedy: String) -> AudienceExpressionProblem {
        switch word {
        case .end: problem("the expression ends here", remedy)
        case .name(let name) where Self.keywords.contains(name.lowercased()) && !Self.keywords.contains(name):
            problem("\"\(name)\" means nothing here", "write \"\(name.lowercased())\"")
        case .name(let text), .symbol(let text): problem("\"\(text)\" doesn't fit here", remedy)
        case .string: problem("text doesn't fit here", remedy)
        case .number: problem("a number doesn't fit here", remedy)
        }
    }
}
