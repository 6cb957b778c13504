import JSON
import Synchronization

/// A push's words, read once for each of their locales that somebody has.
final class PreparedWording: Sendable {
    private let notification: Notification
    private let wording: Wording
    private let renderer: (any WordingRenderer)?
    private let variants = Mutex<[String: WordingVariant]>([:])

    /// - Parameter renderer: not needed for words that are no templates.
    init(_ notification: Notification, _ wording: Wording, _ renderer: (any WordingRenderer)?) {
        self.notification = notification
        self.wording = wording
        self.renderer = renderer.map(ReadTexts.init)
    }

    /// - Throws: what is wrong with the templates.
    func variant(of profile: RecipientProfile?) throws(PushProblem) -> WordingVariant {
        guard !wording.locales.isEmpty, let locale = profile?.device.locale, let tag = LocaleTag(locale) else { return try variant([]) }
        return try variant(tag.chain)
    }

    /// - Parameter chain: names of locales, the nearest first.
    func variant(_ chain: [String]) throws(PushProblem) -> WordingVariant {
        let known = chain.filter { wording.locales[$0] != nil }
        // The nearest name says the others.
        let name = known.first ?? ""
        if let variant = variants.withLock({ $0[name] }) { return variant }
        let variant = try WordingVariant(name, wording.localized(notification, known), wording, renderer)
        variants.withLock { $0[name] = variant }
        return variant
    }
}
