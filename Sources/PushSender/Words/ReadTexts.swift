import Synchronization

/// Reads each template once: a push's locales share most of their texts. For the texts of one push, which are bounded.
final class ReadTexts: WordingRenderer {
    private let renderer: any WordingRenderer
    private let read = Mutex<[Text: any TextTemplate]>([:])

    private struct Text: Hashable {
        let text: String
        let form: TextForm
    }

    init(_ renderer: any WordingRenderer) { self.renderer = renderer }

    func template(_ text: String, in form: TextForm) throws(TextProblem) -> any TextTemplate {
        let key = Text(text: text, form: form)
        if let known = read.withLock({ $0[key] }) { return known }
        let template = try renderer.template(text, in: form)
        read.withLock { $0[key] = template }
        return template
    }
}
