import JSON

/// What texts may be: checked when a template is saved, and again when something is sent.
public struct WordingRules: Sendable {
    let renderer: any WordingRenderer
    let limits: WordingLimits

    public init(renderer: any WordingRenderer, limits: WordingLimits = WordingLimits()) {
        self.renderer = renderer
        self.limits = limits
    }

    /// Whether a template may be saved: then it can be sent whatever the values of its variables.
    /// - Throws: the first problem, by the field: `variables.name`, `notification.title`, `locales.de.body`.
    public func check(_ template: Template) throws(PushProblem) {
        try checkDeclarations(template.variables)
        guard !template.notification.isEmpty else {
            throw PushProblem(
                .invalidField, field: "notification", "there is nothing to show: give at least a title, a body or data")
        }
        try checkSize(template.notification, template.locales)
        let draft = TextDraft(renderer: renderer, kinds: template.variables.mapValues(\.type))
        try draft.check(template.notification, "notification")
        for (name, notification) in try byTag(template.locales).sorted(by: { $0.key < $1.key }) {
            try draft.check(notification, "locales.\(name)")
        }
    }

    // MARK: Locales

    /// - Returns: notifications by the one spelling of their locale.
    func byTag(_ locales: [String: Notification]) throws(PushProblem) -> [String: Notification] {
        guard locales.count <= limits.locales else {
            throw PushProblem(
                .invalidField, field: "locales", "\(locales.count) locales are more than the limit of \(limits.locales)")
        }
        var byTag: [String: Notification] = [:]
        for (name, notification) in locales.sorted(by: { $0.key < $1.key }) {
            guard let tag = LocaleTag(name)?.name else {
                throw PushProblem(.invalidField, field: "locales.\(name)", "this is no locale; write it as de, pt-BR or zh-Hant-TW")
            }
            guard !notification.isEmpty else {
                throw PushProblem(.invalidField, field: "locales.\(name)", "it says nothing; give it a text, or leave it out")
            }
            guard byTag.updateValue(notification, forKey: tag) == nil else {
                throw PushProblem(.invalidField, field: "locales.\(name)", "this locale is there twice, spelled differently")
            }
        }
        return byTag
    }

    func checkSize(_ notification: Notification, _ locales: [String: Notification]) throws(PushProblem) {
        let bytes = locales.values.reduce(notification.textBytes) { $0 + $1.textBytes }
        guard bytes <= limits.allTextsBytes else {
            throw PushProblem(
                .tooLarge, field: "notification",
                "its texts have \(bytes) bytes in all locales together, more than the limit of \(limits.allTextsBytes) bytes; shorten them")
        }
    }
}

extension Notification {
    var textBytes: Int {
        var bytes = 0
        _ = replacingTexts { text in
            bytes += text.utf8.count
            return text
        }
        return bytes
    }
}
