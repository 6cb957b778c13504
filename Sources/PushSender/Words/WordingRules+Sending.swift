import JSON

extension WordingRules {
    /// Whether something may be sent in these words. What is the same for everybody is said once and for all.
    /// - Throws: the first problem, by the field: `variables.name`, `notification.title`, `locales.de.body`.
    public func accept(_ request: WordingRequest) throws(PushProblem) -> AcceptedWords {
        // Most are: thousands a second.
        if request.isPlain { return AcceptedWords(notification: request.notification, wording: nil, drafts: [request.notification]) }
        try check(request)
        let (notification, wording) = try settled(request)
        let prepared = PreparedWording(notification, wording, renderer)
        let chains = [[]] + wording.locales.keys.sorted().map { LocaleTag($0)?.chain ?? [$0] }
        let drafts = try chains.map { chain throws(PushProblem) in try prepared.variant(chain).notification(for: nil, nil) }
        let isSame = !wording.needsProfiles
        return AcceptedWords(notification: isSame ? drafts[0] : notification, wording: isSame ? nil : wording, drafts: drafts)
    }

    /// What a device would get.
    /// - Throws: as ``accept(_:)``.
    public func preview(
        _ request: WordingRequest, for recipient: RecipientProfile, device: DeviceID? = nil
    ) throws(PushProblem) -> Notification {
        try check(request)
        let (notification, wording) = try settled(request)
        let prepared = PreparedWording(notification, wording, renderer)
        return try prepared.variant(of: recipient).notification(for: device, recipient)
    }

    private func check(_ request: WordingRequest) throws(PushProblem) {
        guard let template = request.template else {
            guard request.isPersonal || request.variables.isEmpty else {
                throw PushProblem(
                    .invalidField, field: "variables", "there is nothing to put them in; name a \"template\", or send \"personal\": true")
            }
            return try checkSize(request.notification, request.locales)
        }
        guard !request.isPersonal else {
            throw PushProblem(.invalidField, field: "personal", "the template \(template.name) is so anyway; leave it out")
        }
        guard request.locales.isEmpty else {
            throw PushProblem(.invalidField, field: "locales", "the template \(template.name) has its own; leave it out")
        }
    }

    /// The words as they are kept with the push.
    private func settled(_ request: WordingRequest) throws(PushProblem) -> (Notification, Wording) {
        if let stored = request.template {
            let template = stored.template
            return try settled(
                template.notification, try byTag(template.locales), template.variables.mapValues(\.type),
                try filled(request.variables, for: template.variables),
                beside: request.notification.isEmpty ? nil : request.notification)
        }
        let locales = try byTag(request.locales)
        guard request.isPersonal else { return (request.notification, Wording(locales: locales)) }
        return try settled(request.notification, locales, try kinds(of: request.variables), request.variables)
    }

    private func settled(
        _ notification: Notification, _ locales: [String: Notification], _ kinds: [String: TemplateVariable.Kind],
        _ variables: [String: JSONValue], beside: Notification? = nil
    ) throws(PushProblem) -> (Notification, Wording) {
        let draft = TextDraft(renderer: renderer, kinds: kinds)
        var isPersonal = try draft.check(notification, "notification")
        for (name, notification) in locales { if try draft.check(notification, "locales.\(name)") { isPersonal = true } }
        let wording = Wording(locales: locales, variables: variables, beside: beside)
        guard !isPersonal else { return (notification, wording) }
        // Nobody need render for each device what is the same for all.
        let values = TextValues(variables: variables)
        var rendered: [String: Notification] = [:]
        for (name, texts) in locales { rendered[name] = try renderer.render(texts, values, "locales.\(name)") }
        return (try renderer.render(notification, values, "notification"), Wording(locales: rendered, beside: beside))
    }
}

extension WordingRenderer {
    func render(_ notification: Notification, _ values: TextValues, _ field: String) throws(PushProblem) -> Notification {
        try notification.changingTexts { text, form, name throws(PushProblem) in
            guard text.isTemplate else { return text }
            do throws(TextProblem) {
                return try template(text, in: form).text(values)
            } catch {
                throw error.at("\(field).\(name())")
            }
        }
    }
}
