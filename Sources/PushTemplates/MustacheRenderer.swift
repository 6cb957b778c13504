import Mustache
public import PushSender

/// Makes texts of Mustache templates, with what Mustache can do kept within bounds: no partials, no other delimiters, no lambdas.
public struct MustacheRenderer: WordingRenderer {
    private let limits: MustacheLimits

    public init(limits: MustacheLimits = MustacheLimits()) { self.limits = limits }

    public func template(_ text: String, in form: TextForm) throws(TextProblem) -> any TextTemplate {
        guard text.utf8.count <= limits.templateBytes else {
            throw TextProblem(
                "\(text.utf8.count) bytes are more than the limit of \(limits.templateBytes) bytes for a text with gaps; shorten it")
        }
        let names = try TagScanner.names(in: text, form, limits)
        do {
            let template = try MustacheTemplate(string: form.pragma + text)
            return MustacheText(template: template, names: names, form: form, bytes: text.utf8.count, limits: limits)
        } catch {
            throw TextProblem(error)
        }
    }
}

/// How much a text with gaps may be.
public struct MustacheLimits: Sendable {
    public var templateBytes = 8192
    /// Gaps, and beginnings and ends of sections.
    public var tags = 200
    public var tagBytes = 256
    /// Sections in sections.
    public var sectionDepth = 8
    /// With its gaps filled in.
    public var renderedBytes = 8192
    /// What may be written on the way there: each turn of a list counts as a whole template, each value as its length. A list of 64 in the
    /// longest template fits.
    public var writtenBytes = 524_288

    public init() {}
}

extension TextProblem {
    fileprivate init(_ error: any Error) {
        guard let error = error as? MustacheTemplate.ParserError else {
            self.init("it can't be read as a Mustache template")
            return
        }
        // The first line is ours.
        self.init("\(Self.words(error.error)) (line \(error.context.lineNumber - 1), column \(error.context.columnNumber))")
    }

    private static func words(_ error: any Error) -> String {
        switch error as? MustacheTemplate.Error {
        case .sectionCloseNameIncorrect: "a section ends under another name than it began; {{#name}} needs {{/name}}"
        case .expectedSectionEnd: "a section has no end; {{#name}} needs {{/name}}"
        case .unfinishedName: "a tag has no end, or its name other characters than a-z, A-Z, 0-9, _ and -"
        default: "it ends within a tag, or with {; write {{name}}"
        }
    }
}
