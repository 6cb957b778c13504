import JSON
import PushSender
import PushTemplates
import Testing

/// What may be saved as a template.
struct TemplateCheckTests {
    private let rules = WordingRules(renderer: MustacheRenderer())

    static let variables: [String: TemplateVariable] = [
        "name": TemplateVariable(.string), "count": TemplateVariable(.number, default: .integer(1)),
        "fresh": TemplateVariable(.boolean, default: .bool(false)), "items": TemplateVariable(.list, default: .array([])),
    ]

    private func problem(_ change: (inout Template) -> Void) -> PushProblem? {
        var template = Template(variables: Self.variables, notification: Notification(title: "Hi {{name}}"))
        change(&template)
        do throws(PushProblem) {
            try rules.check(template)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        "{{name}}", "{{count}} of {{items}}", "{{#fresh}}new{{/fresh}}{{^fresh}}old{{/fresh}}", "{{#items}}{{.}}{{/items}}",
        "{{device.id}}", "{{device.platform}}{{device.locale}}{{device.time_zone}}{{device.app_version}}", "{{device.tags.plan}}",
        "{{user.id}}",
        "{{user.first_name}}", "{{#user.vip}}{{user.address.city}}{{/user.vip}}", "no gaps", "{ not } a gap",
    ])
    func aTextMayAskForWhatThereIs(_ text: String) {
        #expect(problem { $0.notification.body = text } == nil)
        #expect(problem { $0.locales = ["de": Notification(body: text)] } == nil)
        #expect(problem { $0.notification.data = .object(["x": .array([.string(text)])]) } == nil)
    }

    @Test(arguments: [
        "{{nam}}", "{{Name}}", "{{device}}", "{{device.token}}", "{{device.tags}}", "{{device.tags.a.b}}", "{{user}}", "{{name.first}}",
        "{{#other}}{{/other}}", "{{name", "{{#name}}",
    ])
    func aTextThatAsksForAnythingElseIsRefusedByItsField(_ text: String) {
        #expect(problem { $0.notification.title = text }?.field == "notification.title")
        #expect(problem { $0.locales = ["de": Notification(body: text)] }?.field == "locales.de.body")
        #expect(problem { $0.notification.data = .object(["x": .array([.string(text)])]) }?.field == "notification.data.x[0]")
        let action = NotificationAction(action: "a", title: text)
        #expect(problem { $0.notification.actions = [action] }?.field == "notification.actions[0].title")
    }

    @Test func aProblemSaysWhatThereIsInstead() {
        #expect(problem { $0.notification.title = "{{nam}}" }?.message.contains("count, fresh, items, name") == true)
        #expect(problem { $0.notification.title = "{{device.model}}" }?.message.contains("device.app_version") == true)
        #expect(problem { $0.notification.title = "Hi {{#name}}" }?.message.contains("line 1") == true)
    }

    @Test(arguments: [
        #"{"aps": {"alert": "{{name}} {{user.x}}", "badge": {{count}}, "new": {{fresh}}}}"#,
        #"{"aps": {"alert": "a"}, "l": [{{#items}}"{{.}}"{{^last()}},{{/last()}}{{/items}}]}"#,
        #"{"aps": {"alert": "a"{{#fresh}}, "badge": {{count}}{{/fresh}}}}"#,
    ])
    func aSectionIsJSONWhateverTheValues(_ payload: String) {
        #expect(problem { $0.notification.apns = APNsSection(payload: payload) } == nil)
    }

    @Test(arguments: [
        #"{"a": {{name}}}"#, #"{"a": {{device.tags.n}}}"#, #"{"a": {{items}}}"#, #"{"a": "{{name}}""#,
        #"{"a": [{{#items}}"{{.}}",{{/items}}]}"#, #"{"a": 1{{#fresh}}}{{/fresh}}"#, #"{"a": "\u{{name}}"}"#,
        #"{"a": {{#fresh}}1{{/fresh}}}"#, #"{"a": [{{^fresh}}{{name}}{{/fresh}}{{#fresh}}1{{/fresh}}]}"#,
    ])
    func aSectionThatMightBeNoJSONIsRefused(_ payload: String) {
        #expect(problem { $0.notification.fcm = FCMSection(message: payload) }?.field == "notification.fcm.message")
    }

    @Test func variablesAreDeclaredWithTypesThatHold() {
        #expect(problem { $0.variables["count"] = TemplateVariable(.number, default: .string("1")) }?.field == "variables.count.default")
        let list = TemplateVariable(.list, default: .array([.integer(1)]))
        #expect(problem { $0.variables["items"] = list }?.field == "variables.items.default")
        #expect(problem { $0.variables["user"] = TemplateVariable(.string) }?.field == "variables.user")
        for name in ["", "1a", "a b", "a.b", "é", String(repeating: "a", count: 65)] {
            #expect(problem { $0.variables[name] = TemplateVariable(.string) }?.field == "variables.\(name)")
        }
    }

    @Test func localesAreLocalesAndSaySomething() {
        #expect(problem { $0.locales = ["german!": Notification(title: "x")] }?.field == "locales.german!")
        #expect(problem { $0.locales = ["pt-BR": Notification(title: "x"), "pt_br": Notification(title: "y")] }?.field == "locales.pt_br")
        #expect(problem { $0.locales = ["de": Notification()] }?.field == "locales.de")
        #expect(problem { $0.notification = Notification() }?.field == "notification")
    }

    @Test func textsHaveALimitAllTogether() {
        let long = String(repeating: "x", count: 60_000)
        #expect(problem { $0.notification.body = long } == nil)
        #expect(problem { $0.locales = ["de": Notification(body: long), "fr": Notification(body: long)] }?.code == .tooLarge)
    }
}
