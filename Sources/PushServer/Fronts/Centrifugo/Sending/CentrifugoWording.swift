import PushSender

/// The texts of a push that says something else to each device: Go templates in the strings of each section, made into the core's
/// templates. Translations are put in here, once for each locale; what is known of a device is left to the core.
struct CentrifugoWording {
    private let isPersonal: Bool
    private let usesMeta: Bool
    private let localizations: [String: CentrifugoLocalization]

    init(_ request: SendPushNotificationRequest) {
        isPersonal = request.isPersonal
        usesMeta = request.useMeta == true
        localizations = request.localizations ?? [:]
    }

    func request(_ notification: CentrifugoNotification) throws -> WordingRequest {
        let sections = try notification.sections()
        guard isPersonal else { return WordingRequest(notification: sections) }
        var locales: [String: PushSender.Notification] = [:]
        for (locale, localization) in localizations {
            locales[locale] = try translated(sections, localization.translations ?? [:])
        }
        return WordingRequest(notification: try translated(sections, [:]), isPersonal: true, locales: locales)
    }

    private func translated(_ sections: PushSender.Notification, _ translations: [String: String]) throws -> PushSender.Notification {
        let texts = TemplatedJSON(translations: translations, usesMeta: usesMeta)
        var changed = sections
        if let section = sections.fcm { changed.fcm?.message = try texts.translated(section.message) }
        if let message = sections.hms?.message { changed.hms?.message = try texts.translated(message) }
        if let payload = sections.apns?.payload { changed.apns?.payload = try texts.translated(payload) }
        if let section = sections.webpush { changed.webpush?.payload = try texts.translated(section.payload) }
        return changed
    }
}
