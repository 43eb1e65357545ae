"""One of each printed paper, about people who do not exist."""

from datetime import date

from yibao.cases.printing import claims, filing
from yibao.cases.printing.document import Issue

ADDRESS = "https://yibao.example.org/status/"
ISSUE = Issue(
    reference="YB-7K3Q-94XM-TR2D",
    status_address=ADDRESS,
    made_on=date(2026, 11, 23),
    operator="示例市医疗保障局",
)
DEMONSTRATION = Issue(
    reference="YB-7K3Q-94XM-TR2D",
    status_address=ADDRESS,
    made_on=date(2026, 11, 23),
    operator="",
)
PERSON = filing.PersonTexts(
    name="测试甲",
    id_type="居民身份证",
    id_number="110*************2X",
    phone="139****0000",
    address="北京市示例区样例路 1 号院 2 号楼 404 室（这是一个只为换行而写得很长的地址，请勿投递）",
)
FILING = filing.FilingTexts(
    insured="山东省烟台市",
    insurance="职工医保",
    care="四川省成都市",
    category="异地长期居住人员",
    starts_on=date(2026, 12, 1),
    ends_on=None,
    validity="长期有效，直到您取消或变更",
)
FORM = filing.FilingForm(
    issue=ISSUE,
    person=PERSON,
    helper=filing.HelperTexts(name="测试乙", relation="子女", id_number="110*************47"),
    filing=FILING,
    papers=("居民身份证（照片 2 份）", "个人承诺书（网上签署，2026年11月23日）"),
    notices=(
        "备案成功后，在就医地已开通异地直接结算的定点医院，出示医保电子凭证或社保卡直接结算。",
        "凭承诺书备案的，满 6 个月后才能变更或取消；补交居住证明的，可以随时变更。",
        "急诊抢救视同已备案，请告诉医院“急诊”，由医院上传标志。",
    ),
    state="已提交，等待审核",
    submitted_on=date(2026, 11, 23),
)
COMMITMENT = filing.CommitmentLetter(
    issue=ISSUE,
    person=PERSON,
    filing=FILING,
    bureau="烟台市医疗保险事业中心",
    promises=(
        "已阅读并理解告知书的全部内容，知道备案的条件、期限和变更规定。",
        "所填写的信息和提交的材料真实、准确、完整，在就医地实际居住 6 个月以上。",
        "如有虚假，愿意承担相应的法律责任和信用惩戒，包括暂停医疗费用联网结算、退回已支付的费用。",
    ),
    text_version="2026-11",
    signed_name="测试甲",
    signed_on=date(2026, 11, 23),
)
CANCELLATION = filing.CancellationForm(
    issue=DEMONSTRATION,
    person=PERSON,
    filing=FILING,
    ends_on=date(2027, 6, 2),
    earliest_on=date(2027, 6, 1),
    reason="已搬回参保地居住",
)
VISIT = (
    ("医疗机构", "武汉市示例医院（三级甲等）"),
    ("就医地", "湖北省武汉市"),
    ("医疗类别", "住院（急诊）"),
    ("入院、出院日期", "2026-10-02 至 2026-10-09"),
)
SUMMARY = claims.ClaimSummary(
    issue=ISSUE,
    person=PERSON,
    visit=VISIT,
    lines=tuple(
        claims.BillLine(
            name=f"住院费用 第 {number} 项",
            on=date(2026, 10, 1 + number % 9),
            invoice=f"4201{number:08d}",
            amount_fen=10_050 + number,
        )
        for number in range(1, 41)
    ),
    total_fen=sum(10_050 + number for number in range(1, 41)),
    papers=("医疗费用收费票据（3 份）", "费用清单（2 份）", "出院小结（1 份）"),
    account=(("开户银行", "示例银行深圳分行"), ("账号", "6222************123"), ("户名", "**甲")),
    estimate_fen=232_145,
    notices=("收到材料后，审核一般需要 20 个工作日。", "需要补材料时，会一次告诉您全部缺什么。"),
    submitted_on=date(2026, 11, 23),
)
DECISION = claims.DecisionLetter(
    issue=ISSUE,
    person=PERSON,
    bureau="深圳市医疗保险基金管理中心",
    outcome="部分核准",
    paid_fen=680_732,
    payment="将在 10 个工作日内付到您登记的账户（尾号 0123）。",
    visit=VISIT,
    lines=(
        claims.DecidedLine(label="医疗费总额", claimed_fen=1_234_500, allowed_fen=1_234_500),
        claims.DecidedLine(
            label="符合政策范围", claimed_fen=1_100_000, allowed_fen=1_020_000, note="见原因 1"
        ),
        claims.DecidedLine(label="起付线", claimed_fen=None, allowed_fen=120_000),
        claims.DecidedLine(label="统筹基金支付", claimed_fen=760_000, allowed_fen=680_732),
    ),
    total=claims.DecidedLine(label="基金支付合计", claimed_fen=760_000, allowed_fen=680_732),
    reasons=(
        claims.DecisionReason(
            text="其中 800 元的自购药没有处方，不能认定与本次住院有关。",
            clause="《基本医疗保险经办规程》第二十七条",
            remedy="补交外购药发票和医嘱单，可以重新审核这一项。",
        ),
    ),
    objection=(
        "您不同意这个决定的，可以在收到之日起 60 日内，凭编号在网上或到窗口提出异议，"
        "由另外的人员重新审核；也可以依法申请行政复议。"
    ),
    decided_on=date(2026, 11, 23),
)
PAYMENT = claims.PaymentSheet(
    issue=ISSUE,
    number="FK-2026-0012",
    bureau="深圳市医疗保险基金管理中心",
    lines=(
        claims.PaymentLine(
            reference="YB-7K3Q-94XM-TR2D",
            payee="测试甲",
            bank="示例银行深圳分行",
            account="6222020000000000123",
            amount_fen=680_732,
        ),
        claims.PaymentLine(
            reference="YB-3333-4444-5555",
            payee="买买提·测试江",
            bank="样例农村商业银行股份有限公司",
            account="6228480000000000456",
            amount_fen=1,
        ),
    ),
    prepared_by="测试丙",
    confirmed_by="",
)
PAPERS = (
    ("filing", filing.filing_form, FORM),
    ("commitment", filing.commitment_letter, COMMITMENT),
    ("cancellation", filing.cancellation_form, CANCELLATION),
    ("summary", claims.claim_summary, SUMMARY),
    ("decision", claims.decision_letter, DECISION),
    ("payment", claims.payment_sheet, PAYMENT),
)
