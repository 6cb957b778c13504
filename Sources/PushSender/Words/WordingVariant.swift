import JSON

/// What devices of one locale get: a notification, with gaps where it differs from device to device.
struct WordingVariant: Sendable {
    /// The locale that says the most of it; empty for none.
    let locale: String
    private let notification: Notification
    private let variables: [String: JSONValue]
    private let beside: Notification?
    /// What takes the place of texts that are the same for everybody, by the texts' order.
    private var same: [Int: String] = [:]
    private var gaps: [Gap] = []

    private struct Gap {
        /// In the texts' order.
        let number: Int
        let field: String
        let template: any TextTemplate
    }

    /// - Parameters:
    ///   - notification: what the wording says in this locale.
    ///   - renderer: needed where texts are templates.
    init(
        _ locale: String, _ notification: Notification, _ wording: Wording, _ renderer: (any WordingRenderer)?
    ) throws(PushProblem) {
        self.locale = locale
        self.notification = notification
        variables = wording.variables ?? [:]
        beside = wording.beside
        // Otherwise texts are what they are, whatever they hold.
        guard wording.variables != nil else { return }
        guard let renderer else {
            throw PushProblem(.invalidField, field: "notification", "this process was started without anything that reads templates")
        }
        try read(renderer)
    }

    private mutating func read(_ renderer: any WordingRenderer) throws(PushProblem) {
        var number = 0
        var same: [Int: String] = [:], gaps: [Gap] = []
        let values = TextValues(variables: variables)
        _ = try notification.changingTexts { text, form, field throws(PushProblem) in
            defer { number += 1 }
            guard text.isTemplate else { return text }
            do throws(TextProblem) {
                let template = try renderer.template(text, in: form)
                if template.names.contains(where: \.dependsOnRecipient) {
                    gaps.append(Gap(number: number, field: "notification.\(field())", template: template))
                } else {
                    same[number] = try template.text(values)
                }
                return text
            } catch {
                throw error.at("notification.\(field())")
            }
        }
        (self.same, self.gaps) = (same, gaps)
    }

    /// What stands where devices differ: recipients with the same words get the same notification.
    /// - Throws: why there are no words for this recipient.
    func words(for recipient: DeviceID?, _ profile: RecipientProfile?) throws(PushProblem) -> [String] {
        guard !gaps.isEmpty else { return [] }
        let values = TextValues(variables: variables, recipient, profile)
        var words: [String] = []
        for gap in gaps {
            do throws(TextProblem) { words.append(try gap.template.text(values)) } catch { throw error.at(gap.field) }
        }
        return words
    }

    /// - Parameter words: as ``words(for:_:)`` gave them.
    func notification(_ words: [String]) -> Notification {
        var texts = same
        for (gap, word) in zip(gaps, words) { texts[gap.number] = word }
        let filled = texts.isEmpty ? notification : replacing(texts)
        return beside.map { filled.overridden(by: $0) } ?? filled
    }

    private func replacing(_ texts: [Int: String]) -> Notification {
        var number = 0
        return notification.replacingTexts { text in
            defer { number += 1 }
            return texts[number] ?? text
        }
    }

    func notification(for recipient: DeviceID?, _ profile: RecipientProfile?) throws(PushProblem) -> Notification {
        notification(try words(for: recipient, profile))
    }
}
