"""What the shipped forms ask, from the guidelines named beside each. No story of sexual harm is ever asked for.

Texts are (English, Thai, Lao).
"""

LISTS = {
    "yes_no": {"yes": ("Yes", "ใช่", "ແມ່ນ"), "no": ("No", "ไม่ใช่", "ບໍ່ແມ່ນ")},
    "yes_no_unknown": {
        "yes": ("Yes", "ใช่", "ແມ່ນ"),
        "no": ("No", "ไม่ใช่", "ບໍ່ແມ່ນ"),
        "unknown": ("Not known", "ไม่ทราบ", "ບໍ່ຮູ້"),
    },
    "seen": {
        "alone": (
            "Seen, alone for part of the time",
            "ได้พบ และได้คุยตามลำพังบางช่วง",
            "ໄດ້ພົບ ແລະ ໄດ້ລົມກັນສອງຄົນບາງຊ່ວງ",
        ),
        "others": ("Seen, others always present", "ได้พบ แต่มีผู้อื่นอยู่ด้วยตลอด", "ໄດ້ພົບ ແຕ່ມີຄົນອື່ນຢູ່ນຳຕະຫຼອດ"),
        "phone": ("Spoken to by phone only", "คุยทางโทรศัพท์เท่านั้น", "ລົມທາງໂທລະສັບເທົ່ານັ້ນ"),
        "not_seen": ("Not seen yet", "ยังไม่ได้พบ", "ຍັງບໍ່ໄດ້ພົບ"),
    },
    "danger": {
        "LIFE": (
            "Threat to life, or serious violence now",
            "ภัยต่อชีวิต หรือความรุนแรงร้ายแรงในขณะนี้",
            "ໄພຕໍ່ຊີວິດ ຫຼື ຄວາມຮຸນແຮງຮ້າຍແຮງຕອນນີ້",
        ),
        "ACCESS": ("The person who harms can reach the child", "ผู้ทำร้ายเข้าถึงตัวเด็กได้", "ຜູ້ທຳຮ້າຍເຂົ້າເຖິງເດັກໄດ້"),
        "HELD": ("Held, locked in or watched", "ถูกกักขังหรือถูกเฝ้าดู", "ຖືກກັກຂັງ ຫຼື ຖືກເຝົ້າເບິ່ງ"),
        "MOVED": (
            "About to be moved, sold, married or sent away",
            "กำลังจะถูกพาไป ขาย บังคับแต่งงาน หรือส่งไปที่อื่น",
            "ກຳລັງຈະຖືກພາໄປ ຂາຍ ແຕ່ງງານ ຫຼື ສົ່ງໄປບ່ອນອື່ນ",
        ),
        "ALONE": ("No adult to care for a young child", "เด็กเล็กไม่มีผู้ใหญ่ดูแล", "ເດັກນ້ອຍບໍ່ມີຜູ້ໃຫຍ່ເບິ່ງແຍງ"),
        "NO_PLACE": ("No safe place to sleep tonight", "คืนนี้ไม่มีที่นอนที่ปลอดภัย", "ຄືນນີ້ບໍ່ມີບ່ອນນອນທີ່ປອດໄພ"),
        "REPRISAL": ("Threats against the child or family", "มีการข่มขู่เด็กหรือครอบครัว", "ມີການຂົ່ມຂູ່ເດັກ ຫຼື ຄອບຄົວ"),
    },
    "since_harm": {
        "NO": ("No, or nothing was said about it", "ไม่มี หรือไม่มีการกล่าวถึง", "ບໍ່ມີ ຫຼື ບໍ່ໄດ້ກ່າວເຖິງ"),
        "H72": ("Yes, within the last 72 hours", "มี ภายใน 72 ชั่วโมงที่ผ่านมา", "ມີ ພາຍໃນ 72 ຊົ່ວໂມງຜ່ານມາ"),
        "H120": ("Yes, 72 to 120 hours ago", "มี เมื่อ 72 ถึง 120 ชั่วโมงก่อน", "ມີ 72 ຫາ 120 ຊົ່ວໂມງກ່ອນ"),
        "EARLIER": ("Yes, earlier", "มี ก่อนหน้านั้น", "ມີ ກ່ອນໜ້ານັ້ນ"),
    },
    "safe_steps": {
        "STAY": ("Stays with a safe adult", "อยู่กับผู้ใหญ่ที่ปลอดภัย", "ຢູ່ກັບຜູ້ໃຫຍ່ທີ່ປອດໄພ"),
        "AWAY": ("The person who harms leaves the home", "ผู้ทำร้ายออกจากบ้าน", "ຜູ້ທຳຮ້າຍອອກຈາກເຮືອນ"),
        "SHELTER": (
            "Shelter or family-based interim care",
            "บ้านพักหรือครอบครัวอุปถัมภ์ชั่วคราว",
            "ບ້ານພັກ ຫຼື ຄອບຄົວລ້ຽງດູຊົ່ວຄາວ",
        ),
        "HEALTH": ("Health care now", "รับการรักษาทันที", "ປິ່ນປົວທັນທີ"),
        "POLICE": ("Police protection", "การคุ้มครองจากตำรวจ", "ການປົກປ້ອງຈາກຕຳຫຼວດ"),
        "WATCH": ("Somebody checks on the child each day", "มีคนติดตามเด็กทุกวัน", "ມີຄົນຕິດຕາມເດັກທຸກມື້"),
        "CONTACT": ("The child knows whom to call", "เด็กรู้ว่าจะโทรหาใคร", "ເດັກຮູ້ວ່າຈະໂທຫາໃຜ"),
    },
    "risk": {
        "IMMEDIATE": ("Immediate danger", "อันตรายเร่งด่วน", "ອັນຕະລາຍທັນທີ"),
        "HIGH": ("High", "สูง", "ສູງ"),
        "MEDIUM": ("Medium", "ปานกลาง", "ປານກາງ"),
        "LOW": ("Low", "ต่ำ", "ຕ່ຳ"),
        "NONE": ("No protection risk", "ไม่มีความเสี่ยง", "ບໍ່ມີຄວາມສ່ຽງ"),
    },
    "at_home": {
        "MOTHER": ("Mother", "แม่", "ແມ່"),
        "FATHER": ("Father", "พ่อ", "ພໍ່"),
        "STEPPARENT": ("Step-parent", "พ่อเลี้ยงหรือแม่เลี้ยง", "ພໍ່ລ້ຽງ ຫຼື ແມ່ລ້ຽງ"),
        "GRANDPARENT": ("Grandparent", "ปู่ย่าตายาย", "ປູ່ຍ່າຕາຍາຍ"),
        "SIBLING": ("Brothers or sisters", "พี่น้อง", "ອ້າຍເອື້ອຍນ້ອງ"),
        "AUNT_UNCLE": ("Aunt or uncle", "ป้า น้า อา ลุง", "ປ້າ ນ້າ ອາວ ລຸງ"),
        "EMPLOYER_REL": ("Employer", "นายจ้าง", "ນາຍຈ້າງ"),
        "OTHER_REL": ("Others", "คนอื่น", "ຄົນອື່ນ"),
        "NOBODY": ("Nobody, the child is alone", "ไม่มีใคร เด็กอยู่คนเดียว", "ບໍ່ມີໃຜ ເດັກຢູ່ຄົນດຽວ"),
    },
    "school": {
        "PRE": ("Pre-school", "ก่อนวัยเรียน", "ກ່ອນໄວຮຽນ"),
        "PRIM": ("In primary", "ประถม", "ປະຖົມ"),
        "LSEC": ("In lower secondary", "มัธยมต้น", "ມັດທະຍົມຕົ້ນ"),
        "USEC": ("In upper secondary", "มัธยมปลาย", "ມັດທະຍົມປາຍ"),
        "NFE": ("Non-formal or bridging", "การศึกษานอกระบบ", "ການສຶກສານອກລະບົບ"),
        "VOC": ("Vocational", "อาชีวะ", "ອາຊີວະ"),
        "OUT_DROP": ("Out of school, dropped out", "ออกจากโรงเรียนกลางคัน", "ອອກໂຮງຮຽນກາງຄັນ"),
        "OUT_NEVER": ("Never attended", "ไม่เคยเข้าเรียน", "ບໍ່ເຄີຍເຂົ້າຮຽນ"),
        "TOO_YOUNG": ("Too young", "ยังเล็กเกินไป", "ຍັງນ້ອຍເກີນໄປ"),
        "UNKNOWN": ("Not known", "ไม่ทราบ", "ບໍ່ຮູ້"),
    },
    "worry": {
        "NONE": ("No worry", "ไม่น่ากังวล", "ບໍ່ໜ້າກັງວົນ"),
        "SOME": ("Some worry", "น่ากังวลบ้าง", "ໜ້າກັງວົນບາງສ່ວນ"),
        "SERIOUS": ("Serious worry", "น่ากังวลมาก", "ໜ້າກັງວົນຫຼາຍ"),
        "UNKNOWN": ("Not known yet", "ยังไม่ทราบ", "ຍັງບໍ່ຮູ້"),
    },
    "looked_how": {
        "visit": ("By a visit", "โดยการเยี่ยม", "ໂດຍການຢ້ຽມຢາມ"),
        "phone": ("By telephone only", "ทางโทรศัพท์เท่านั้น", "ທາງໂທລະສັບເທົ່ານັ້ນ"),
    },
    "can_speak": {
        "WORDS": ("In words", "เป็นคำพูด", "ເປັນຄຳເວົ້າ"),
        "SIGNS": ("By signs, drawing or play", "ด้วยท่าทาง วาดรูป หรือการเล่น", "ດ້ວຍທ່າທາງ ແຕ້ມຮູບ ຫຼື ການຫຼິ້ນ"),
        "OBSERVED": ("Too young: observed", "ยังเล็ก ใช้การสังเกต", "ຍັງນ້ອຍ ໃຊ້ການສັງເກດ"),
        "REFUSED": ("Did not want to say", "ไม่ประสงค์จะบอก", "ບໍ່ຢາກບອກ"),
    },
    "functioning": {
        "SEE": ("Seeing", "การมองเห็น", "ການເບິ່ງເຫັນ"),
        "HEAR": ("Hearing", "การได้ยิน", "ການໄດ້ຍິນ"),
        "WALK": ("Walking", "การเดิน", "ການຍ່າງ"),
        "SELF": ("Self-care", "การดูแลตนเอง", "ການດູແລຕົນເອງ"),
        "COMM": ("Being understood", "การสื่อสาร", "ການສື່ສານ"),
        "LEARN": ("Learning and remembering", "การเรียนรู้และความจำ", "ການຮຽນຮູ້ ແລະ ຄວາມຈຳ"),
        "BEHAVE": ("Controlling behaviour", "การควบคุมพฤติกรรม", "ການຄວບຄຸມພຶດຕິກຳ"),
        "FRIENDS": ("Making friends", "การผูกมิตร", "ການສ້າງໝູ່"),
        "ANXIETY": ("Great fear or sadness", "ความกลัวหรือเศร้ามาก", "ຄວາມຢ້ານ ຫຼື ໂສກເສົ້າຫຼາຍ"),
        "NONE": ("None of these", "ไม่มีข้อใด", "ບໍ່ມີຂໍ້ໃດ"),
    },
    "papers": {
        "REG_CERT": ("Birth registered, certificate seen", "แจ้งเกิดแล้ว เห็นใบเกิด", "ແຈ້ງເກີດແລ້ວ ເຫັນໃບເກີດ"),
        "REG_NOCERT": ("Birth registered, no certificate", "แจ้งเกิดแล้ว ไม่มีใบเกิด", "ແຈ້ງເກີດແລ້ວ ບໍ່ມີໃບເກີດ"),
        "NOT_REG": ("Birth not registered", "ยังไม่แจ้งเกิด", "ຍັງບໍ່ແຈ້ງເກີດ"),
        "LATE": ("Late registration in progress", "กำลังแจ้งเกิดล่าช้า", "ກຳລັງແຈ້ງເກີດຊ້າ"),
        "ABROAD": ("Registered in another country", "แจ้งเกิดในประเทศอื่น", "ແຈ້ງເກີດຢູ່ປະເທດອື່ນ"),
        "UNKNOWN": ("Not known", "ไม่ทราบ", "ບໍ່ຮູ້"),
    },
    "strengths": {
        "PF01": ("One caring adult", "มีผู้ใหญ่ที่ห่วงใย", "ມີຜູ້ໃຫຍ່ທີ່ເປັນຫ່ວງ"),
        "PF02": ("In school", "ได้เรียนหนังสือ", "ໄດ້ຮຽນໜັງສື"),
        "PF03": ("Birth registered", "แจ้งเกิดแล้ว", "ແຈ້ງເກີດແລ້ວ"),
        "PF04": ("Family receives social protection", "ครอบครัวได้รับสวัสดิการ", "ຄອບຄົວໄດ້ຮັບສະຫວັດດີການ"),
        "PF06": ("Safe neighbours or kin nearby", "มีเพื่อนบ้านหรือญาติที่ปลอดภัย", "ມີເພື່ອນບ້ານ ຫຼື ຍາດທີ່ປອດໄພ"),
        "PF14": ("The child's own coping is known", "รู้วิธีรับมือของเด็กเอง", "ຮູ້ວິທີຮັບມືຂອງເດັກເອງ"),
        "NONE": ("None known yet", "ยังไม่ทราบ", "ຍັງບໍ່ຮູ້"),
    },
    "weight": {
        "FOR": ("Speaks for it", "สนับสนุน", "ສະໜັບສະໜູນ"),
        "AGAINST": ("Speaks against it", "คัดค้าน", "ຄັດຄ້ານ"),
        "BOTH": ("Both", "ทั้งสองด้าน", "ທັງສອງດ້ານ"),
        "UNKNOWN": ("Not known yet", "ยังไม่ทราบ", "ຍັງບໍ່ຮູ້"),
    },
    "bid_trigger": {
        "DURABLE": (
            "Durable solution for a separated child",
            "ทางออกถาวรของเด็กที่พลัดพราก",
            "ທາງອອກຖາວອນຂອງເດັກທີ່ພັດພາກ",
        ),
        "TEMP_CARE": (
            "Temporary care in exceptional circumstances",
            "การดูแลชั่วคราวในกรณีพิเศษ",
            "ການດູແລຊົ່ວຄາວໃນກໍລະນີພິເສດ",
        ),
        "SEPARATE": (
            "Separation from a parent against the parent's will",
            "แยกจากพ่อแม่โดยพ่อแม่ไม่ยินยอม",
            "ແຍກຈາກພໍ່ແມ່ໂດຍພໍ່ແມ່ບໍ່ຍິນຍອມ",
        ),
        "CROSS_RETURN": (
            "Return of a trafficked child across a border",
            "ส่งเด็กที่ถูกค้ามนุษย์กลับข้ามพรมแดน",
            "ສົ່ງເດັກທີ່ຖືກຄ້າມະນຸດກັບຂ້າມຊາຍແດນ",
        ),
        "CUSTODY": ("Parents disagree, or custody is open", "พ่อแม่ขัดแย้งเรื่องการดูแล", "ພໍ່ແມ່ບໍ່ຕົກລົງກັນເລື່ອງການດູແລ"),
        "PERP_HOME": (
            "The person alleged to have harmed lives there",
            "ผู้ถูกกล่าวหาอยู่ในบ้านนั้น",
            "ຜູ້ຖືກກ່າວຫາຢູ່ໃນເຮືອນນັ້ນ",
        ),
        "DISAGREE": (
            "Worker, child and family disagree",
            "เจ้าหน้าที่ เด็ก และครอบครัวเห็นต่างกัน",
            "ພະນັກງານ ເດັກ ແລະ ຄອບຄົວເຫັນຕ່າງກັນ",
        ),
        "NONE": ("None of these", "ไม่มีข้อใด", "ບໍ່ມີຂໍ້ໃດ"),
    },
    "tip_act": {
        "RECRUIT": (
            "Recruited: somebody found or persuaded the child",
            "จัดหา: มีคนชักชวนเด็ก",
            "ຈັດຫາ: ມີຄົນຊັກຊວນເດັກ",
        ),
        "TRANSPORT": (
            "Transported: somebody took the child to a place",
            "ขนส่ง: มีคนพาเด็กไป",
            "ຂົນສົ່ງ: ມີຄົນພາເດັກໄປ",
        ),
        "TRANSFER": (
            "Transferred: handed from one person to another",
            "ส่งต่อ: ส่งเด็กจากคนหนึ่งให้อีกคน",
            "ສົ່ງຕໍ່: ມອບເດັກຈາກຄົນໜຶ່ງໃຫ້ອີກຄົນ",
        ),
        "HARBOUR": ("Harboured: kept or housed", "ให้ที่พัก: ให้เด็กพักหรือเก็บตัวไว้", "ໃຫ້ບ່ອນພັກ: ໃຫ້ເດັກພັກ ຫຼື ເກັບຕົວໄວ້"),
        "RECEIPT": ("Received: taken over at the other end", "รับไว้: มีคนรับตัวเด็ก", "ຮັບໄວ້: ມີຄົນຮັບຕົວເດັກ"),
        "NONE": ("None that is known", "ไม่ทราบว่ามี", "ບໍ່ຮູ້ວ່າມີ"),
    },
    "tip_purpose": {
        "SEXUAL": ("Sexual exploitation", "การแสวงหาประโยชน์ทางเพศ", "ການສວງຫາປະໂຫຍດທາງເພດ"),
        "FORCED_LABOUR": ("Forced labour or services", "แรงงานบังคับ", "ແຮງງານບັງຄັບ"),
        "SLAVERY": ("Slavery or similar practices", "การเอาคนลงเป็นทาส", "ການເປັນຂ້າທາດ"),
        "SERVITUDE": ("Servitude, also in a household", "การรับใช้ รวมถึงงานในบ้าน", "ການຮັບໃຊ້ ລວມທັງໃນເຮືອນ"),
        "ORGANS": ("Removal of organs", "การตัดอวัยวะ", "ການຕັດເອົາອະໄວຍະວະ"),
        "BEGGING": ("Begging", "ขอทาน", "ຂໍທານ"),
        "ILLEGAL_ADOPTION": ("Illegal adoption", "รับเป็นบุตรบุญธรรมโดยผิดกฎหมาย", "ຮັບເປັນລູກລ້ຽງຜິດກົດໝາຍ"),
        "CHILD_MARRIAGE": ("Child marriage", "การแต่งงานเด็ก", "ການແຕ່ງງານເດັກ"),
        "FORCED_CRIME": (
            "Forced into crime, also online scams",
            "ถูกบังคับทำผิด รวมถึงหลอกลวงออนไลน์",
            "ຖືກບັງຄັບເຮັດຜິດ ລວມທັງຫຼອກລວງອອນລາຍ",
        ),
        "ARMED": ("Armed groups", "กลุ่มติดอาวุธ", "ກຸ່ມຕິດອາວຸດ"),
        "SURROGACY": ("Surrogacy", "อุ้มบุญ", "ອູ້ມບຸນ"),
        "UNKNOWN": ("Not yet known", "ยังไม่ทราบ", "ຍັງບໍ່ຮູ້"),
        "NONE": ("No exploitation", "ไม่มีการแสวงหาประโยชน์", "ບໍ່ມີການສວງຫາປະໂຫຍດ"),
    },
    "tip_means": {
        "THREAT_FORCE": ("Threat or use of force", "ขู่เข็ญหรือใช้กำลัง", "ຂົ່ມຂູ່ ຫຼື ໃຊ້ກຳລັງ"),
        "COERCION": ("Other coercion", "การบังคับอื่น", "ການບັງຄັບອື່ນ"),
        "ABDUCTION": ("Abduction", "ลักพาตัว", "ລັກພາຕົວ"),
        "FRAUD": ("Fraud", "ฉ้อฉล", "ສໍ້ໂກງ"),
        "DECEPTION": ("Deception", "หลอกลวง", "ຫຼອກລວງ"),
        "ABUSE_POWER": (
            "Abuse of power or of a position of vulnerability",
            "ใช้อำนาจหรือความเปราะบางโดยมิชอบ",
            "ໃຊ້ອຳນາດ ຫຼື ຄວາມອ່ອນແອໂດຍບໍ່ຊອບ",
        ),
        "PAYMENT_CONTROL": ("Payment to a person in control", "ให้ประโยชน์แก่ผู้ดูแล", "ໃຫ້ຜົນປະໂຫຍດແກ່ຜູ້ຄວບຄຸມ"),
        "NONE_SHOWN": ("No means shown", "ไม่ปรากฏวิธีการ", "ບໍ່ປາກົດວິທີການ"),
    },
    "tip_indicator": {
        "PAPERS_HELD": ("Papers held by another", "เอกสารถูกผู้อื่นเก็บไว้", "ເອກະສານຖືກຄົນອື່ນເກັບໄວ້"),
        "FALSE_PAPERS": ("False or borrowed identity", "ใช้เอกสารปลอมหรือของผู้อื่น", "ໃຊ້ເອກະສານປອມ ຫຼື ຂອງຄົນອື່ນ"),
        "COACHED": ("Answers seem coached", "คำตอบเหมือนถูกสอนมา", "ຄຳຕອບຄືຖືກສອນມາ"),
        "WITH_NONKIN": (
            "Travels with an adult not kin, story unclear",
            "เดินทางกับผู้ใหญ่ที่ไม่ใช่ญาติ เรื่องไม่ชัดเจน",
            "ເດີນທາງກັບຜູ້ໃຫຍ່ທີ່ບໍ່ແມ່ນຍາດ ເລື່ອງບໍ່ຊັດ",
        ),
        "DEBT": ("Owes a travel or recruitment debt", "เป็นหนี้ค่าเดินทางหรือค่านายหน้า", "ເປັນໜີ້ຄ່າເດີນທາງ ຫຼື ຄ່ານາຍໜ້າ"),
        "NO_PAY": ("Pay kept, or sent to another", "ไม่ได้รับค่าจ้างหรือส่งให้ผู้อื่น", "ບໍ່ໄດ້ຄ່າແຮງ ຫຼື ສົ່ງໃຫ້ຄົນອື່ນ"),
        "NO_MOVE": ("Cannot leave freely", "ออกไปไหนไม่ได้ตามใจ", "ໄປໃສບໍ່ໄດ້ຕາມໃຈ"),
        "LIVES_WORK": ("Lives where the child works", "พักอยู่ที่ทำงาน", "ພັກຢູ່ບ່ອນເຮັດວຽກ"),
        "LONG_HOURS": ("Long hours, no school", "ทำงานนาน ไม่ได้เรียน", "ເຮັດວຽກດົນ ບໍ່ໄດ້ຮຽນ"),
        "SIGNS_VIOLENCE": (
            "Signs of violence or fear",
            "มีร่องรอยความรุนแรงหรือความกลัว",
            "ມີຮ່ອງຮອຍຄວາມຮຸນແຮງ ຫຼື ຄວາມຢ້ານ",
        ),
        "SEX_VENUE": ("Found in a venue selling sex", "พบในสถานที่ค้าบริการทางเพศ", "ພົບໃນສະຖານທີ່ຂາຍບໍລິການທາງເພດ"),
        "ONLINE_REC": ("Recruited online", "ถูกชักชวนทางออนไลน์", "ຖືກຊັກຊວນທາງອອນລາຍ"),
        "BRIDE_PRICE": ("Payment for marriage", "มีการจ่ายเงินเพื่อแต่งงาน", "ມີການຈ່າຍເງິນເພື່ອແຕ່ງງານ"),
        "GROUP_CONTROL": (
            "Several children under one controller",
            "เด็กหลายคนอยู่ใต้คนควบคุมคนเดียว",
            "ເດັກຫຼາຍຄົນຢູ່ໃຕ້ຄົນຄວບຄຸມຄົນດຽວ",
        ),
        "MOVED_OFTEN": ("Moved from place to place", "ถูกย้ายที่บ่อย", "ຖືກຍ້າຍບ່ອນເລື້ອຍໆ"),
        "MISSING_CARE": (
            "Went missing from care or home",
            "หายไปจากบ้านหรือสถานดูแล",
            "ຫາຍໄປຈາກເຮືອນ ຫຼື ສະຖານດູແລ",
        ),
        "NONE": ("None seen", "ไม่พบ", "ບໍ່ພົບ"),
    },
    "punished": {
        "CHARGED": ("Charged", "ถูกตั้งข้อหา", "ຖືກຕັ້ງຂໍ້ຫາ"),
        "DETAINED": ("Held in police, prison or immigration detention", "ถูกกักตัว", "ຖືກກັກຕົວ"),
        "FINED": ("Fined, or charged for overstaying", "ถูกปรับ", "ຖືກປັບໃໝ"),
        "NONE": ("None of these", "ไม่มีข้อใด", "ບໍ່ມີຂໍ້ໃດ"),
    },
    "visit": {
        "VISIT_HOME": ("Home visit", "เยี่ยมบ้าน", "ຢ້ຽມບ້ານ"),
        "VISIT_CARE": ("Visit in care", "เยี่ยมที่สถานดูแล", "ຢ້ຽມບ່ອນດູແລ"),
        "CALL": ("Call, with the safe word", "โทรศัพท์ โดยใช้คำปลอดภัย", "ໂທລະສັບ ໂດຍໃຊ້ຄຳປອດໄພ"),
        "SCHOOL_CHECK": ("Check at school", "ติดตามที่โรงเรียน", "ຕິດຕາມທີ່ໂຮງຮຽນ"),
        "SERVICE_CHECK": ("Check with the provider", "สอบถามผู้ให้บริการ", "ຖາມຜູ້ໃຫ້ບໍລິການ"),
        "POST_RETURN": ("After reunification or return", "หลังกลับสู่ครอบครัว", "ຫຼັງກັບຄືນຄອບຄົວ"),
        "COURT_SUPPORT": ("Support at a hearing", "ช่วยเหลือในการพิจารณาคดี", "ຊ່ວຍໃນການພິຈາລະນາຄະດີ"),
    },
    "outcome": {
        "BETTER": ("Better", "ดีขึ้น", "ດີຂຶ້ນ"),
        "SAME": ("Same", "เหมือนเดิม", "ຄືເກົ່າ"),
        "WORSE": ("Worse", "แย่ลง", "ຮ້າຍກວ່າເກົ່າ"),
        "NOT_FOUND": ("Not found", "ไม่พบตัว", "ບໍ່ພົບຕົວ"),
        "MOVED": ("Moved", "ย้ายไปแล้ว", "ຍ້າຍໄປແລ້ວ"),
        "NEW_CONCERN": ("New concern", "มีข้อกังวลใหม่", "ມີຂໍ້ກັງວົນໃໝ່"),
        "HARM_AGAIN": ("Harmed or exploited again", "ถูกทำร้ายหรือแสวงหาประโยชน์อีก", "ຖືກທຳຮ້າຍ ຫຼື ສວງຫາປະໂຫຍດອີກ"),
    },
    "help": {
        "HEALTH": ("Health", "สุขภาพ", "ສຸຂະພາບ"),
        "MIND": ("Psychosocial", "จิตสังคม", "ຈິດສັງຄົມ"),
        "SCHOOL": ("Education or training", "การศึกษาหรือฝึกอาชีพ", "ການສຶກສາ ຫຼື ຝຶກອາຊີບ"),
        "LEGAL": ("Legal", "กฎหมาย", "ກົດໝາຍ"),
        "CASH": ("Cash or social protection", "เงินช่วยเหลือหรือสวัสดิการ", "ເງິນຊ່ວຍເຫຼືອ ຫຼື ສະຫວັດດີການ"),
        "PAPERS": ("Papers", "เอกสาร", "ເອກະສານ"),
        "OTHER": ("Other", "อื่น ๆ", "ອື່ນໆ"),
    },
    "got": {
        "YES": ("Yes", "ได้รับ", "ໄດ້ຮັບ"),
        "PART": ("In part", "บางส่วน", "ບາງສ່ວນ"),
        "NO": ("No", "ไม่ได้รับ", "ບໍ່ໄດ້ຮັບ"),
    },
    "closing": {
        "GOALS_MET": ("Goals met and child safe", "บรรลุเป้าหมายและเด็กปลอดภัย", "ບັນລຸເປົ້າໝາຍ ແລະ ເດັກປອດໄພ"),
        "REUNIFIED_STABLE": ("Reunified and stable", "กลับสู่ครอบครัวและมั่นคง", "ກັບຄືນຄອບຄົວ ແລະ ໝັ້ນຄົງ"),
        "DURABLE_OTHER": ("Other durable solution, stable", "ทางออกถาวรอื่นที่มั่นคง", "ທາງອອກຖາວອນອື່ນທີ່ໝັ້ນຄົງ"),
        "AGED_OUT": ("Turned 18 with a transition plan", "อายุครบ 18 ปี มีแผนเปลี่ยนผ่าน", "ອາຍຸຄົບ 18 ປີ ມີແຜນປ່ຽນຜ່ານ"),
        "TRANSFERRED_CLOSE": (
            "Accepted by another agency or country",
            "หน่วยงานหรือประเทศอื่นรับต่อ",
            "ໜ່ວຍງານ ຫຼື ປະເທດອື່ນຮັບຕໍ່",
        ),
        "DECLINED_SAFE": (
            "Child and family decline; no serious risk",
            "เด็กและครอบครัวไม่รับ ไม่มีความเสี่ยงร้ายแรง",
            "ເດັກ ແລະ ຄອບຄົວບໍ່ຮັບ ບໍ່ມີຄວາມສ່ຽງຮ້າຍແຮງ",
        ),
        "UNREACHABLE_CLOSE": ("Not found after the search", "ค้นหาแล้วไม่พบ", "ຊອກແລ້ວບໍ່ພົບ"),
        "DIED": ("Child died", "เด็กเสียชีวิต", "ເດັກເສຍຊີວິດ"),
        "NOT_SUBSTANTIATED": ("No concern substantiated", "ไม่พบข้อกังวลที่มีมูล", "ບໍ່ພົບຂໍ້ກັງວົນທີ່ມີມູນ"),
        "DUPLICATE": ("Duplicate record", "บันทึกซ้ำ", "ບັນທຶກຊ້ຳ"),
        "LEFT_COUNTRY": (
            "Left the country, hand-over tried",
            "ออกนอกประเทศ ได้พยายามส่งต่อแล้ว",
            "ອອກນອກປະເທດ ໄດ້ພະຍາຍາມສົ່ງຕໍ່ແລ້ວ",
        ),
    },
    "feeling": {
        "GOOD": ("Good", "ดี", "ດີ"),
        "MIXED": ("Partly good", "ดีบางส่วน", "ດີບາງສ່ວນ"),
        "BAD": ("Not good", "ไม่ดี", "ບໍ່ດີ"),
        "NOT_ASKED": ("Did not want to say", "ไม่ประสงค์จะตอบ", "ບໍ່ຢາກຕອບ"),
    },
}

NOT_WITH_NONE = "not(selected(., 'NONE') and count-selected(.) > 1)"
NONE_ALONE = ("“None” cannot stand with other choices.", "เลือก “ไม่มี” ร่วมกับข้ออื่นไม่ได้", "ເລືອກ “ບໍ່ມີ” ພ້ອມຂໍ້ອື່ນບໍ່ໄດ້")
WHY = ("Say in a few words why.", "บอกเหตุผลสั้น ๆ", "ບອກເຫດຜົນສັ້ນໆ")


def safety(form):
    """Immediate safety check. Signs of danger and medical windows: domain notes 2.1; what is told first: 4.4 G6."""
    with form.page("now", ("Right now", "ขณะนี้", "ຕອນນີ້")):
        form.note(
            "told",
            (
                "First tell the child, in plain words, who you are, what you must report by law, and that the child may stop at any time.",
                "บอกเด็กก่อนด้วยคำง่าย ๆ ว่าคุณเป็นใคร สิ่งใดที่กฎหมายให้คุณต้องรายงาน และเด็กหยุดได้ทุกเมื่อ",
                "ບອກເດັກກ່ອນດ້ວຍຄຳງ່າຍໆ ວ່າເຈົ້າແມ່ນໃຜ ກົດໝາຍໃຫ້ລາຍງານຫຍັງ ແລະ ເດັກຢຸດໄດ້ທຸກເວລາ",
            ),
            careful=True,
        )
        form.one(
            "seen",
            ("Have you seen the child?", "คุณได้พบเด็กหรือไม่", "ເຈົ້າໄດ້ພົບເດັກບໍ່"),
            "seen",
            required=True,
            careful=True,
        )
        form.one(
            "safe_now",
            ("Is the child safe right now?", "ขณะนี้เด็กปลอดภัยหรือไม่", "ຕອນນີ້ເດັກປອດໄພບໍ່"),
            "yes_no_unknown",
            required=True,
            careful=True,
        )
        form.many(
            "danger",
            ("Which signs of danger are there?", "มีสัญญาณอันตรายใดบ้าง", "ມີສັນຍານອັນຕະລາຍໃດແດ່"),
            "danger",
            required="${safe_now} = 'no'",
            relevant="${safe_now} != 'yes'",
            careful=True,
        )
    with form.page("body", ("Health", "สุขภาพ", "ສຸຂະພາບ")):
        form.one(
            "injured",
            ("Is the child injured or very ill?", "เด็กบาดเจ็บหรือป่วยหนักหรือไม่", "ເດັກບາດເຈັບ ຫຼື ເຈັບໜັກບໍ່"),
            "yes_no_unknown",
            required=True,
            careful=True,
            sensitivity="medical",
        )
        form.one(
            "since_harm",
            (
                "Has anyone already told of sexual violence?",
                "มีผู้เล่าถึงความรุนแรงทางเพศแล้วหรือไม่",
                "ມີໃຜເລົ່າເຖິງຄວາມຮຸນແຮງທາງເພດແລ້ວບໍ່",
            ),
            "since_harm",
            hint=(
                "Do not ask the child for the story. Answer only from what was said before.",
                "อย่าถามเรื่องราวจากเด็ก ตอบจากสิ่งที่มีผู้บอกไว้แล้วเท่านั้น",
                "ຢ່າຖາມເລື່ອງລາວຈາກເດັກ ຕອບຈາກສິ່ງທີ່ເຄີຍບອກແລ້ວເທົ່ານັ້ນ",
            ),
            required=True,
            careful=True,
            sensitivity="medical",
        )
        form.one(
            "self_harm",
            (
                "Are there signs that the child may hurt himself or herself?",
                "มีสัญญาณว่าเด็กอาจทำร้ายตนเองหรือไม่",
                "ມີສັນຍານວ່າເດັກອາດທຳຮ້າຍຕົນເອງບໍ່",
            ),
            "yes_no_unknown",
            required=True,
            careful=True,
            sensitivity="medical",
        )
        form.work_out(
            "windows",
            "normalize-space(concat(if(${since_harm} = 'H72', 'EC120 PEP72 FOR72', if(${since_harm} = 'H120', 'EC120', '')),"
            " if(${injured} = 'yes', ' INJ', ''), if(${self_harm} = 'yes', ' SUI', '')))",
            sensitivity="medical",
        )
        form.note(
            "care_now",
            (
                "Health care cannot wait. Go with the child to a health worker now; a police report is not a condition for care.",
                "การรักษารอไม่ได้ พาเด็กไปพบเจ้าหน้าที่สาธารณสุขทันที ไม่ต้องแจ้งความก่อน",
                "ການປິ່ນປົວລໍຖ້າບໍ່ໄດ້ ພາເດັກໄປຫາພະນັກງານແພດທັນທີ ບໍ່ຕ້ອງແຈ້ງຄວາມກ່ອນ",
            ),
            relevant="${windows} != ''",
            careful=True,
        )
        form.one(
            "sent_to_care",
            ("Is somebody taking the child to health care?", "มีผู้พาเด็กไปรับการรักษาหรือไม่", "ມີໃຜພາເດັກໄປປິ່ນປົວບໍ່"),
            "yes_no",
            required=True,
            relevant="${windows} != ''",
            careful=True,
        )
    with form.page("tonight", ("Keeping the child safe", "การทำให้เด็กปลอดภัย", "ການເຮັດໃຫ້ເດັກປອດໄພ")):
        form.work_out(
            "in_danger",
            "${safe_now} = 'no' or count-selected(${danger}) > 0 or ${windows} != ''",
            sensitivity="core",
        )
        form.many(
            "steps",
            (
                "What keeps the child safe until the next contact?",
                "สิ่งใดทำให้เด็กปลอดภัยจนถึงการติดต่อครั้งต่อไป",
                "ສິ່ງໃດເຮັດໃຫ້ເດັກປອດໄພຈົນເຖິງການຕິດຕໍ່ຄັ້ງຕໍ່ໄປ",
            ),
            "safe_steps",
            required="${in_danger} = true()",
            careful=True,
        )
        form.words(
            "child_words",
            (
                "In the child's own words: what would help to feel safe?",
                "คำพูดของเด็กเอง: สิ่งใดช่วยให้รู้สึกปลอดภัย",
                "ຄຳເວົ້າຂອງເດັກເອງ: ສິ່ງໃດຊ່ວຍໃຫ້ຮູ້ສຶກປອດໄພ",
            ),
        )
        form.one(
            "risk",
            ("Your judgement of the risk", "การประเมินความเสี่ยงของคุณ", "ການປະເມີນຄວາມສ່ຽງຂອງເຈົ້າ"),
            "risk",
            required=True,
        )
        form.words(
            "why_lower",
            (
                "There are signs of danger, and you chose a lower level. Why?",
                "มีสัญญาณอันตราย แต่คุณเลือกระดับต่ำกว่า เพราะเหตุใด",
                "ມີສັນຍານອັນຕະລາຍ ແຕ່ເຈົ້າເລືອກລະດັບຕ່ຳກວ່າ ຍ້ອນຫຍັງ",
            ),
            required=True,
            relevant="${in_danger} = true() and ${risk} != '' and ${risk} != 'IMMEDIATE'",
            required_message=WHY,
        )
        form.ask(
            "date",
            "next_on",
            ("Next contact on", "ติดต่อครั้งต่อไปวันที่", "ຕິດຕໍ່ຄັ້ງຕໍ່ໄປວັນທີ"),
            required=True,
            constraint=". >= today() and . <= today() + if(${risk} = 'IMMEDIATE', 1, 7)",
            constraint_message=(
                "From today on: within a day in immediate danger, else within a week.",
                "ตั้งแต่วันนี้: ภายในหนึ่งวันหากอันตรายเร่งด่วน มิฉะนั้นภายในหนึ่งสัปดาห์",
                "ຕັ້ງແຕ່ມື້ນີ້: ພາຍໃນໜຶ່ງມື້ຖ້າອັນຕະລາຍທັນທີ ຖ້າບໍ່ດັ່ງນັ້ນພາຍໃນໜຶ່ງອາທິດ",
            ),
            sensitivity="core",
        )


def initial(form):
    """Initial assessment: seen, safety, injuries, who is at home, what the child wants (domain notes 4.8), and no story."""
    with form.page("contact", ("Seeing the child", "การพบเด็ก", "ການພົບເດັກ")):
        form.ask(
            "date",
            "seen_on",
            ("Day of the contact", "วันที่ติดต่อ", "ວັນທີຕິດຕໍ່"),
            required=True,
            constraint=". <= today()",
            constraint_message=("This day is in the future.", "วันนี้อยู่ในอนาคต", "ວັນນີ້ຢູ່ໃນອະນາຄົດ"),
            sensitivity="core",
        )
        form.one("seen", ("Was the child seen?", "ได้พบเด็กหรือไม่", "ໄດ້ພົບເດັກບໍ່"), "seen", required=True)
        form.words(
            "why_not_seen",
            (
                "Why was the child not seen, and what happens next?",
                "เหตุใดจึงไม่ได้พบ และจะทำอย่างไรต่อ",
                "ຍ້ອນຫຍັງຈຶ່ງບໍ່ໄດ້ພົບ ແລະ ຈະເຮັດແນວໃດຕໍ່",
            ),
            required=True,
            relevant="${seen} = 'not_seen' or ${seen} = 'phone'",
        )
        form.one("interpreter", ("Was an interpreter needed?", "ต้องใช้ล่ามหรือไม่", "ຕ້ອງໃຊ້ລ່າມບໍ່"), "yes_no")
        form.one(
            "interpreter_safe",
            (
                "Did the child trust the interpreter, who is no kin and no party?",
                "เด็กไว้ใจล่าม และล่ามไม่ใช่ญาติหรือผู้เกี่ยวข้องหรือไม่",
                "ເດັກໄວ້ໃຈລ່າມ ແລະ ລ່າມບໍ່ແມ່ນຍາດ ຫຼື ຜູ້ກ່ຽວຂ້ອງບໍ່",
            ),
            "yes_no",
            required=True,
            relevant="${interpreter} = 'yes'",
        )
    with form.page("safe", ("Safety", "ความปลอดภัย", "ຄວາມປອດໄພ")):
        form.one(
            "safe_now",
            ("Is the child safe today?", "วันนี้เด็กปลอดภัยหรือไม่", "ມື້ນີ້ເດັກປອດໄພບໍ່"),
            "yes_no_unknown",
            required=True,
            careful=True,
        )
        form.many(
            "danger",
            ("Which signs of danger are there?", "มีสัญญาณอันตรายใดบ้าง", "ມີສັນຍານອັນຕະລາຍໃດແດ່"),
            "danger",
            required=True,
            relevant="${safe_now} = 'no'",
            careful=True,
        )
        form.one(
            "injured",
            ("Any injuries?", "มีบาดแผลหรือไม่", "ມີບາດແຜບໍ່"),
            "yes_no_unknown",
            required=True,
            careful=True,
            sensitivity="medical",
        )
        form.one(
            "care_given",
            (
                "Has a health worker seen the child?",
                "เด็กได้พบเจ้าหน้าที่สาธารณสุขแล้วหรือไม่",
                "ພະນັກງານແພດໄດ້ເບິ່ງເດັກແລ້ວບໍ່",
            ),
            "yes_no",
            required=True,
            relevant="${injured} = 'yes'",
            sensitivity="medical",
        )
        form.words(
            "facts",
            (
                "What happened, in two or three sentences",
                "เกิดอะไรขึ้น สองหรือสามประโยค",
                "ເກີດຫຍັງຂຶ້ນ ສອງຫຼືສາມປະໂຫຍກ",
            ),
            hint=(
                "Facts only. Never write a detailed story of sexual harm here.",
                "เฉพาะข้อเท็จจริง อย่าเขียนรายละเอียดเรื่องทางเพศ",
                "ສະເພາະຂໍ້ເທັດຈິງ ຢ່າຂຽນລາຍລະອຽດເລື່ອງທາງເພດ",
            ),
            constraint="string-length(.) <= 600",
            constraint_message=(
                "At most 600 characters: only what others need to keep the child safe.",
                "ไม่เกิน 600 ตัวอักษร",
                "ບໍ່ເກີນ 600 ຕົວອັກສອນ",
            ),
        )
    with form.page("home", ("At home", "ที่บ้าน", "ຢູ່ເຮືອນ")):
        form.many(
            "at_home",
            ("Who lives with the child?", "ใครอยู่กับเด็ก", "ໃຜຢູ່ກັບເດັກ"),
            "at_home",
            required=True,
            constraint="not(selected(., 'NOBODY') and count-selected(.) > 1)",
            constraint_message=NONE_ALONE,
        )
        form.one(
            "feared",
            ("Is the child afraid of somebody there?", "เด็กกลัวใครในบ้านหรือไม่", "ເດັກຢ້ານໃຜໃນເຮືອນບໍ່"),
            "yes_no_unknown",
            required=True,
            relevant="not(selected(${at_home}, 'NOBODY'))",
            careful=True,
        )
        form.many(
            "feared_who",
            ("Of whom?", "กลัวใคร", "ຢ້ານໃຜ"),
            "at_home",
            required=True,
            relevant="${feared} = 'yes'",
            choice_filter="selected(${at_home}, name)",
            sensitivity="narrative",
        )
        form.ask(
            "integer",
            "children_home",
            ("How many other children live there?", "มีเด็กคนอื่นอยู่กี่คน", "ມີເດັກຄົນອື່ນຢູ່ຈັກຄົນ"),
            constraint=". >= 0 and . <= 30",
            constraint_message=("A number from 0 to 30.", "ตัวเลข 0 ถึง 30", "ຕົວເລກ 0 ຫາ 30"),
        )
        form.one(
            "others_at_risk",
            ("May these children be at risk too?", "เด็กเหล่านี้อาจเสี่ยงด้วยหรือไม่", "ເດັກເຫຼົ່ານີ້ອາດສ່ຽງນຳບໍ່"),
            "yes_no_unknown",
            required=True,
            relevant="${children_home} > 0",
        )
        form.one("school", ("School", "การเรียน", "ການຮຽນ"), "school")
    with form.page("wishes", ("What the child wants", "สิ่งที่เด็กต้องการ", "ສິ່ງທີ່ເດັກຕ້ອງການ")):
        form.one(
            "how_said",
            ("How could the child say it?", "เด็กบอกได้อย่างไร", "ເດັກບອກໄດ້ແນວໃດ"),
            "can_speak",
            required=True,
        )
        form.words(
            "child_wants",
            (
                "In the child's own words: what should happen, and what should not?",
                "คำพูดของเด็กเอง: อยากให้เกิดอะไร และไม่อยากให้เกิดอะไร",
                "ຄຳເວົ້າຂອງເດັກເອງ: ຢາກໃຫ້ເກີດຫຍັງ ແລະ ບໍ່ຢາກໃຫ້ເກີດຫຍັງ",
            ),
            required=True,
            relevant="${how_said} != '' and ${how_said} != 'REFUSED'",
        )
        form.one(
            "family_contact",
            (
                "Does the child agree that we speak with the family?",
                "เด็กยินยอมให้เราคุยกับครอบครัวหรือไม่",
                "ເດັກຍິນຍອມໃຫ້ພວກເຮົາລົມກັບຄອບຄົວບໍ່",
            ),
            "yes_no_unknown",
            required=True,
            careful=True,
        )
        form.note(
            "not_forced",
            (
                "Do not contact the family. The child's wish is kept, and your supervisor looks at it.",
                "อย่าติดต่อครอบครัว เคารพความประสงค์ของเด็ก และหัวหน้างานจะพิจารณา",
                "ຢ່າຕິດຕໍ່ຄອບຄົວ ເຄົາລົບຄວາມປະສົງຂອງເດັກ ແລະ ຫົວໜ້າຈະພິຈາລະນາ",
            ),
            relevant="${family_contact} = 'no'",
            careful=True,
        )
        form.one(
            "tip_signs",
            ("Is there any sign of trafficking?", "มีสัญญาณการค้ามนุษย์หรือไม่", "ມີສັນຍານການຄ້າມະນຸດບໍ່"),
            "yes_no_unknown",
            required=True,
        )
        form.note(
            "tip_next",
            (
                "Answer the trafficking questions next.",
                "ตอบแบบคัดกรองการค้ามนุษย์ต่อไป",
                "ຕອບແບບຄັດກອງການຄ້າມະນຸດຕໍ່ໄປ",
            ),
            relevant="${tip_signs} = 'yes'",
        )
        form.work_out(
            "needs_full",
            "${safe_now} != 'yes' or ${feared} = 'yes' or ${others_at_risk} = 'yes' or ${tip_signs} = 'yes'",
            sensitivity="core",
        )


DOMAINS = [
    ("safety_now", ("Safety now", "ความปลอดภัยขณะนี้", "ຄວາມປອດໄພຕອນນີ້")),
    ("harm", ("Harm done and by whom", "การทำร้ายและผู้กระทำ", "ການທຳຮ້າຍ ແລະ ຜູ້ກະທຳ")),
    (
        "health_dev",
        ("Health, development, disability", "สุขภาพ พัฒนาการ ความพิการ", "ສຸຂະພາບ ພັດທະນາການ ຄວາມພິການ"),
    ),
    ("mental", ("Feelings and coping", "ความรู้สึกและการรับมือ", "ຄວາມຮູ້ສຶກ ແລະ ການຮັບມື")),
    ("care", ("Care and attachment", "การดูแลและความผูกพัน", "ການດູແລ ແລະ ຄວາມຜູກພັນ")),
    (
        "household",
        (
            "Household needs and conflict",
            "ความต้องการและความขัดแย้งในครัวเรือน",
            "ຄວາມຕ້ອງການ ແລະ ຄວາມຂັດແຍ່ງໃນຄົວເຮືອນ",
        ),
    ),
    ("schooling", ("Education and work", "การศึกษาและการทำงาน", "ການສຶກສາ ແລະ ການເຮັດວຽກ")),
    ("identity", ("Identity, nationality, papers", "อัตลักษณ์ สัญชาติ เอกสาร", "ຕົວຕົນ ສັນຊາດ ເອກະສານ")),
    ("social", ("Friends, community, culture, language", "เพื่อน ชุมชน วัฒนธรรม ภาษา", "ໝູ່ ຊຸມຊົນ ວັດທະນະທຳ ພາສາ")),
    ("digital", ("Online life and risk", "ชีวิตออนไลน์และความเสี่ยง", "ຊີວິດອອນລາຍ ແລະ ຄວາມສ່ຽງ")),
    ("legal", ("Legal position", "สถานะทางกฎหมาย", "ສະຖານະທາງກົດໝາຍ")),
]


def full(form):
    """Comprehensive assessment over the 13 domains of the list assessment_domain: judgement with words, and no score (5.1)."""
    more = {
        "harm": _harm,
        "health_dev": _functioning,
        "care": _care,
        "schooling": _schooling,
        "identity": _identity,
        "digital": _digital,
        "legal": _legal,
    }
    for name, label in DOMAINS:
        with form.page(name, label):
            form.one(
                f"{name}_worry",
                ("How worried are you?", "คุณกังวลเพียงใด", "ເຈົ້າກັງວົນພຽງໃດ"),
                "worry",
                required=True,
            )
            if name in more:
                more[name](form)
            form.words(
                f"{name}_words",
                ("What you saw and heard, in short", "สิ่งที่เห็นและได้ยินโดยย่อ", "ສິ່ງທີ່ເຫັນ ແລະ ໄດ້ຍິນໂດຍຫຍໍ້"),
                required=f"${{{name}_worry}} = 'SERIOUS'",
                relevant=f"${{{name}_worry}} = 'SOME' or ${{{name}_worry}} = 'SERIOUS'",
                required_message=WHY,
            )
    with form.page("strengths", ("Strengths and protective people", "จุดแข็งและผู้คุ้มครอง", "ຈຸດແຂງ ແລະ ຜູ້ປົກປ້ອງ")):
        form.many(
            "strong",
            ("What protects the child?", "สิ่งใดคุ้มครองเด็ก", "ສິ່ງໃດປົກປ້ອງເດັກ"),
            "strengths",
            required=True,
            constraint=NOT_WITH_NONE,
            constraint_message=NONE_ALONE,
        )
        with form.page("supporter", ("A person the child trusts", "คนที่เด็กไว้ใจ", "ຄົນທີ່ເດັກໄວ້ໃຈ"), kind="repeat"):
            form.ask(
                "text",
                "supporter_name",
                ("Who is it? A first name is enough.", "คือใคร ชื่อต้นก็พอ", "ແມ່ນໃຜ ຊື່ກໍພໍ"),
                required=True,
                sensitivity="identity",
            )
            form.one(
                "supporter_safe",
                ("May we contact this person safely?", "ติดต่อคนนี้ได้อย่างปลอดภัยหรือไม่", "ຕິດຕໍ່ຄົນນີ້ໄດ້ຢ່າງປອດໄພບໍ່"),
                "yes_no_unknown",
                required=True,
            )
        form.work_out("supporters", "count(${supporter})")
    with form.page("wishes", ("The child's own wishes", "ความประสงค์ของเด็กเอง", "ຄວາມປະສົງຂອງເດັກເອງ")):
        form.one(
            "how_said",
            ("How could the child say it?", "เด็กบอกได้อย่างไร", "ເດັກບອກໄດ້ແນວໃດ"),
            "can_speak",
            required=True,
        )
        form.words(
            "child_wants",
            ("In the child's own words", "คำพูดของเด็กเอง", "ຄຳເວົ້າຂອງເດັກເອງ"),
            required=True,
            relevant="${how_said} != '' and ${how_said} != 'REFUSED'",
        )
    with form.page("together", ("Taken together", "โดยรวม", "ໂດຍລວມ")):
        answers = [f"${{{name}_worry}}" for name, _label in DOMAINS]
        form.work_out(
            "unknown",
            " + ".join(f"if({answer} = 'UNKNOWN' or {answer} = '', 1, 0)" for answer in answers),
            sensitivity="core",
        )
        form.work_out("serious", " + ".join(f"if({answer} = 'SERIOUS', 1, 0)" for answer in answers), sensitivity="core")
        form.note(
            "little_known",
            (
                "Not enough is known: ${unknown} of 11 areas are still unknown. Unknown is not the same as safe.",
                "ข้อมูลยังไม่พอ: ยังไม่ทราบ ${unknown} จาก 11 ด้าน ไม่ทราบไม่ได้แปลว่าปลอดภัย",
                "ຂໍ້ມູນຍັງບໍ່ພໍ: ຍັງບໍ່ຮູ້ ${unknown} ຈາກ 11 ດ້ານ ບໍ່ຮູ້ບໍ່ແມ່ນປອດໄພ",
            ),
            relevant="${unknown} div 11 > 0.3",
        )
        form.one(
            "risk",
            ("Your judgement of the risk", "การประเมินความเสี่ยงของคุณ", "ການປະເມີນຄວາມສ່ຽງຂອງເຈົ້າ"),
            "risk",
            required=True,
        )
        form.words(
            "why",
            ("Why this level?", "เพราะเหตุใดจึงเป็นระดับนี้", "ຍ້ອນຫຍັງຈຶ່ງເປັນລະດັບນີ້"),
            required=True,
            required_message=WHY,
        )


def _harm(form):
    form.one(
        "harm_known",
        ("Is it known who did the harm?", "ทราบหรือไม่ว่าใครทำร้าย", "ຮູ້ບໍ່ວ່າໃຜທຳຮ້າຍ"),
        "yes_no_unknown",
        relevant="${harm_worry} != 'NONE' and ${harm_worry} != ''",
        hint=("Do not ask the child to tell it again.", "อย่าให้เด็กเล่าซ้ำ", "ຢ່າໃຫ້ເດັກເລົ່າຊ້ຳ"),
        careful=True,
    )
    form.one(
        "harm_contact",
        ("Can that person still reach the child?", "คนนั้นยังเข้าถึงตัวเด็กได้หรือไม่", "ຄົນນັ້ນຍັງເຂົ້າເຖິງເດັກໄດ້ບໍ່"),
        "yes_no_unknown",
        required=True,
        relevant="${harm_known} = 'yes'",
        careful=True,
    )


def _functioning(form):
    form.many(
        "difficulty",
        (
            "With which of these does the child have a lot of difficulty?",
            "เด็กมีความลำบากมากในเรื่องใด",
            "ເດັກມີຄວາມຫຍຸ້ງຍາກຫຼາຍໃນເລື່ອງໃດ",
        ),
        "functioning",
        required=True,
        constraint=NOT_WITH_NONE,
        constraint_message=NONE_ALONE,
        sensitivity="medical",
    )
    form.work_out(
        "has_difficulty",
        "count-selected(${difficulty}) > 0 and not(selected(${difficulty}, 'NONE'))",
        sensitivity="core",
    )
    form.words(
        "adjust",
        (
            "What makes it easier for the child to take part?",
            "สิ่งใดช่วยให้เด็กมีส่วนร่วมได้ง่ายขึ้น",
            "ສິ່ງໃດຊ່ວຍໃຫ້ເດັກມີສ່ວນຮ່ວມງ່າຍຂຶ້ນ",
        ),
        relevant="${has_difficulty} = true()",
        sensitivity="medical",
    )


def _care(form):
    form.ask(
        "range",
        "care_scale",
        (
            "How well do the carers meet the child's needs? 1 not at all, 5 very well",
            "ผู้ดูแลตอบสนองความต้องการของเด็กดีเพียงใด 1 ไม่เลย 5 ดีมาก",
            "ຜູ້ດູແລຕອບສະໜອງຄວາມຕ້ອງການຂອງເດັກດີປານໃດ 1 ບໍ່ເລີຍ 5 ດີຫຼາຍ",
        ),
        parameters="start=1 end=5 step=1",
    )


def _schooling(form):
    form.one("school", ("School", "การเรียน", "ການຮຽນ"), "school", required=True)
    form.ask(
        "integer",
        "work_hours",
        (
            "Hours of work a week, at home or for pay",
            "ชั่วโมงทำงานต่อสัปดาห์ ที่บ้านหรือรับจ้าง",
            "ຊົ່ວໂມງເຮັດວຽກຕໍ່ອາທິດ ຢູ່ເຮືອນ ຫຼື ຮັບຈ້າງ",
        ),
        constraint=". >= 0 and . <= 112",
        constraint_message=("A number of hours from 0 to 112.", "จำนวนชั่วโมง 0 ถึง 112", "ຈຳນວນຊົ່ວໂມງ 0 ຫາ 112"),
    )
    form.one(
        "work_dangerous",
        (
            "Is the work dangerous, at night or far from home?",
            "งานอันตราย กลางคืน หรือไกลบ้านหรือไม่",
            "ວຽກອັນຕະລາຍ ກາງຄືນ ຫຼື ໄກບ້ານບໍ່",
        ),
        "yes_no_unknown",
        required=True,
        relevant="${work_hours} > 0",
    )


def _identity(form):
    form.one("papers", ("Birth registration", "การแจ้งเกิด", "ການແຈ້ງເກີດ"), "papers", required=True)
    form.one(
        "stateless",
        ("May the child be without a nationality?", "เด็กอาจไร้สัญชาติหรือไม่", "ເດັກອາດບໍ່ມີສັນຊາດບໍ່"),
        "yes_no_unknown",
        relevant="${papers} != 'REG_CERT'",
    )


def _digital(form):
    form.one(
        "online_adult",
        (
            "Has an unknown adult written to the child online?",
            "มีผู้ใหญ่ที่ไม่รู้จักติดต่อเด็กทางออนไลน์หรือไม่",
            "ມີຜູ້ໃຫຍ່ທີ່ບໍ່ຮູ້ຈັກຕິດຕໍ່ເດັກທາງອອນລາຍບໍ່",
        ),
        "yes_no_unknown",
    )


def _legal(form):
    form.many(
        "punished",
        ("Has the child been", "เด็กเคยถูก", "ເດັກເຄີຍຖືກ"),
        "punished",
        constraint=NOT_WITH_NONE,
        constraint_message=NONE_ALONE,
        sensitivity="legal",
    )
    form.one(
        "lawyer",
        (
            "Does the child have a lawyer or a guardian for it?",
            "เด็กมีทนายหรือผู้ปกครองช่วยหรือไม่",
            "ເດັກມີທະນາຍ ຫຼື ຜູ້ປົກຄອງຊ່ວຍບໍ່",
        ),
        "yes_no",
        required=True,
        relevant="count-selected(${punished}) > 0 and not(selected(${punished}, 'NONE'))",
    )


FACTORS = [
    ("VIEWS", ("Child's views", "ความคิดเห็นของเด็ก", "ຄວາມຄິດເຫັນຂອງເດັກ")),
    ("FAMILY", ("Family and close relations", "ครอบครัวและคนใกล้ชิด", "ຄອບຄົວ ແລະ ຄົນໃກ້ຊິດ")),
    ("SAFETY", ("Safety and protection", "ความปลอดภัยและการคุ้มครอง", "ຄວາມປອດໄພ ແລະ ການປົກປ້ອງ")),
    ("IDENTITY", ("Identity, culture and language", "อัตลักษณ์ วัฒนธรรม ภาษา", "ຕົວຕົນ ວັດທະນະທຳ ພາສາ")),
    ("HEALTH", ("Health", "สุขภาพ", "ສຸຂະພາບ")),
    ("EDUCATION", ("Education", "การศึกษา", "ການສຶກສາ")),
    ("DEVELOPMENT", ("Development and continuity", "พัฒนาการและความต่อเนื่อง", "ພັດທະນາການ ແລະ ຄວາມຕໍ່ເນື່ອງ")),
    ("VULNERABILITY", ("Special vulnerability", "ความเปราะบางพิเศษ", "ຄວາມບອບບາງພິເສດ")),
]


def bia(form):
    """Best-interests assessment: options, the eight factors for each, the child's views, and whether a formal BID is due (2.3)."""
    with form.page("question", ("The decision", "การตัดสินใจ", "ການຕັດສິນໃຈ")):
        form.words("decision", ("What has to be decided?", "ต้องตัดสินใจเรื่องใด", "ຕ້ອງຕັດສິນໃຈເລື່ອງໃດ"), required=True)
        form.one(
            "urgent",
            (
                "Must the child be kept safe before this is decided?",
                "ต้องทำให้เด็กปลอดภัยก่อนการตัดสินใจนี้หรือไม่",
                "ຕ້ອງເຮັດໃຫ້ເດັກປອດໄພກ່ອນການຕັດສິນໃຈນີ້ບໍ່",
            ),
            "yes_no",
            required=True,
            careful=True,
        )
        form.note(
            "act_first",
            (
                "Act now. A decision that is still open never stops urgent help.",
                "ลงมือทันที การตัดสินใจที่ยังไม่เสร็จไม่หยุดความช่วยเหลือเร่งด่วน",
                "ລົງມືທັນທີ ການຕັດສິນໃຈທີ່ຍັງບໍ່ແລ້ວບໍ່ຢຸດການຊ່ວຍເຫຼືອດ່ວນ",
            ),
            relevant="${urgent} = 'yes'",
            careful=True,
        )
        form.many(
            "triggers",
            ("Does one of these apply?", "มีข้อใดตรงหรือไม่", "ມີຂໍ້ໃດກົງບໍ່"),
            "bid_trigger",
            required=True,
            constraint=NOT_WITH_NONE,
            constraint_message=NONE_ALONE,
        )
        form.work_out("needs_bid", "count-selected(${triggers}) > 0 and not(selected(${triggers}, 'NONE'))")
        form.note(
            "bid",
            (
                "A formal best-interests determination by a panel is needed before this step.",
                "ต้องมีการพิจารณาประโยชน์สูงสุดอย่างเป็นทางการโดยคณะกรรมการก่อน",
                "ຕ້ອງມີການພິຈາລະນາຜົນປະໂຫຍດສູງສຸດໂດຍຄະນະກຳມະການກ່ອນ",
            ),
            relevant="${needs_bid} = true()",
        )
    with form.page("views", ("The child's views", "ความคิดเห็นของเด็ก", "ຄວາມຄິດເຫັນຂອງເດັກ")):
        form.one(
            "how_said",
            ("How could the child say it?", "เด็กบอกได้อย่างไร", "ເດັກບອກໄດ້ແນວໃດ"),
            "can_speak",
            required=True,
        )
        form.words(
            "child_wants",
            ("In the child's own words", "คำพูดของเด็กเอง", "ຄຳເວົ້າຂອງເດັກເອງ"),
            required=True,
            relevant="${how_said} != '' and ${how_said} != 'REFUSED'",
        )
        form.words("family_wants", ("What the family wants", "สิ่งที่ครอบครัวต้องการ", "ສິ່ງທີ່ຄອບຄົວຕ້ອງການ"))
    with form.page("option", ("Option", "ทางเลือก", "ທາງເລືອກ"), kind="repeat"):
        form.ask(
            "text",
            "option_name",
            ("Name the option in a few words", "เรียกทางเลือกนี้สั้น ๆ", "ເອີ້ນທາງເລືອກນີ້ສັ້ນໆ"),
            required=True,
        )
        for code, label in FACTORS:
            form.one(
                f"factor_{code.lower()}",
                label,
                "weight",
                required=True,
                **({"careful": True} if code == "SAFETY" else {}),
            )
        form.work_out(
            "open_factors",
            " + ".join(f"if(${{factor_{code.lower()}}} = 'UNKNOWN', 1, 0)" for code, _label in FACTORS),
            sensitivity="core",
        )
        form.words("option_for", ("What speaks for it", "ข้อดี", "ຂໍ້ດີ"))
        form.words("option_against", ("What speaks against it", "ข้อเสีย", "ຂໍ້ເສຍ"))
    with form.page("advice", ("Your advice", "ข้อเสนอของคุณ", "ຄຳແນະນຳຂອງເຈົ້າ")):
        form.work_out("options", "count(${option})")
        form.note(
            "one_more",
            (
                "Write down at least two options; leaving things as they are is one.",
                "เขียนอย่างน้อยสองทางเลือก การคงสภาพเดิมก็เป็นทางเลือกหนึ่ง",
                "ຂຽນຢ່າງໜ້ອຍສອງທາງເລືອກ ການປ່ອຍໄວ້ຄືເກົ່າກໍແມ່ນທາງເລືອກໜຶ່ງ",
            ),
            relevant="${options} < 2",
        )
        form.ask(
            "integer",
            "best",
            (
                "Number of the option that is best for the child",
                "หมายเลขทางเลือกที่ดีที่สุดสำหรับเด็ก",
                "ເລກທາງເລືອກທີ່ດີທີ່ສຸດສຳລັບເດັກ",
            ),
            required=True,
            constraint=". >= 1 and . <= ${options}",
            constraint_message=(
                "There is no option with this number.",
                "ไม่มีทางเลือกหมายเลขนี้",
                "ບໍ່ມີທາງເລືອກເລກນີ້",
            ),
        )
        form.work_out("best_name", "indexed-repeat(${option_name}, ${option}, ${best})")
        form.note(
            "chosen",
            ("You advise: ${best_name}", "คุณเสนอ: ${best_name}", "ເຈົ້າແນະນຳ: ${best_name}"),
            relevant="${best_name} != ''",
        )
        form.words(
            "why",
            ("Why is it best for the child?", "เพราะเหตุใดจึงดีที่สุดสำหรับเด็ก", "ຍ້ອນຫຍັງຈຶ່ງດີທີ່ສຸດສຳລັບເດັກ"),
            required=True,
            required_message=WHY,
        )
        form.one(
            "child_agrees",
            ("Does the child agree?", "เด็กเห็นด้วยหรือไม่", "ເດັກເຫັນດີບໍ່"),
            "yes_no_unknown",
            required=True,
        )
        form.ask(
            "date",
            "review_on",
            ("Look at this again on", "ทบทวนอีกครั้งวันที่", "ທົບທວນອີກວັນທີ"),
            required=True,
            constraint=". > today() and . <= today() + 365",
            constraint_message=("Within a year from today.", "ภายในหนึ่งปี", "ພາຍໃນໜຶ່ງປີ"),
            sensitivity="core",
        )


def tip_screen(form):
    """Trafficking screen. Palermo 3(c): for a child acts and purpose suffice, and means are not even asked (domain notes 2.5)."""
    with form.page("person", ("Age", "อายุ", "ອາຍຸ")):
        form.note(
            "gentle",
            (
                "Answer from what is known already. Do not question the child to fill this in.",
                "ตอบจากสิ่งที่ทราบแล้ว อย่าซักถามเด็กเพื่อกรอกแบบนี้",
                "ຕອບຈາກສິ່ງທີ່ຮູ້ແລ້ວ ຢ່າຊັກຖາມເດັກເພື່ອຕື່ມແບບນີ້",
            ),
            careful=True,
        )
        form.ask(
            "integer",
            "age",
            ("Age when it happened, best estimate", "อายุขณะเกิดเหตุ โดยประมาณ", "ອາຍຸຕອນເກີດເຫດ ໂດຍປະມານ"),
            required=True,
            constraint=". >= 0 and . <= 120",
            constraint_message=("An age from 0 to 120.", "อายุ 0 ถึง 120", "ອາຍຸ 0 ຫາ 120"),
        )
        form.one(
            "age_sure",
            ("Is the age sure?", "อายุแน่นอนหรือไม่", "ອາຍຸແນ່ນອນບໍ່"),
            "yes_no",
            required=True,
            relevant="${age} >= 18 and ${age} <= 21",
            hint=("In doubt the person is treated as a child.", "หากสงสัย ให้ถือว่าเป็นเด็ก", "ຖ້າສົງໄສ ໃຫ້ຖືວ່າເປັນເດັກ"),
        )
        form.work_out("is_child", "${age} < 18 or ${age_sure} = 'no'")
    with form.page("acts", ("What was done", "สิ่งที่ถูกกระทำ", "ສິ່ງທີ່ຖືກກະທຳ")):
        form.many(
            "act",
            ("Which of these happened?", "เกิดสิ่งใดขึ้นบ้าง", "ເກີດສິ່ງໃດຂຶ້ນແດ່"),
            "tip_act",
            required=True,
            constraint=NOT_WITH_NONE,
            constraint_message=NONE_ALONE,
        )
        form.many(
            "purpose",
            ("For what?", "เพื่ออะไร", "ເພື່ອຫຍັງ"),
            "tip_purpose",
            required=True,
            constraint=NOT_WITH_NONE,
            constraint_message=NONE_ALONE,
        )
        form.many(
            "means",
            ("By which means?", "ด้วยวิธีใด", "ດ້ວຍວິທີໃດ"),
            "tip_means",
            required=True,
            relevant="${is_child} = false()",
            constraint="not(selected(., 'NONE_SHOWN') and count-selected(.) > 1)",
            constraint_message=NONE_ALONE,
        )
    with form.page("signs", ("Signs", "สัญญาณ", "ສັນຍານ")):
        form.many(
            "indicators",
            ("Which signs are there?", "มีสัญญาณใดบ้าง", "ມີສັນຍານໃດແດ່"),
            "tip_indicator",
            required=True,
            constraint=NOT_WITH_NONE,
            constraint_message=NONE_ALONE,
        )
        form.one(
            "papers_safe",
            (
                "Are the child's papers back in safe hands?",
                "เอกสารของเด็กอยู่ในมือที่ปลอดภัยแล้วหรือไม่",
                "ເອກະສານຂອງເດັກຢູ່ໃນມືທີ່ປອດໄພແລ້ວບໍ່",
            ),
            "yes_no_unknown",
            required=True,
            relevant="selected(${indicators}, 'PAPERS_HELD')",
        )
        form.one(
            "others",
            ("Are other children there?", "มีเด็กคนอื่นอยู่ที่นั่นหรือไม่", "ມີເດັກຄົນອື່ນຢູ່ຫັ້ນບໍ່"),
            "yes_no_unknown",
            required=True,
            careful=True,
        )
    with form.page("result", ("Result", "ผล", "ຜົນ")):
        form.work_out("has_act", "count-selected(${act}) > 0 and not(selected(${act}, 'NONE'))")
        form.work_out(
            "has_purpose",
            "count-selected(${purpose}) > 0 and not(selected(${purpose}, 'NONE')) and not(${purpose} = 'UNKNOWN')",
        )
        form.work_out("has_means", "count-selected(${means}) > 0 and not(selected(${means}, 'NONE_SHOWN'))")
        form.work_out(
            "is_tip",
            "${has_act} = true() and ${has_purpose} = true() and (${is_child} = true() or ${has_means} = true())",
        )
        form.work_out(
            "status",
            "if(${is_tip} = true(), 'PRESUMED', if(${has_act} = true() or (count-selected(${indicators}) > 0 and not(selected(${indicators}, 'NONE'))), 'POSSIBLE', 'NOT_TIP'))",
        )
        form.note(
            "presumed",
            (
                "Treat the child as a presumed victim of trafficking: protection first, and no charge, fine or detention.",
                "ให้ถือว่าเด็กเป็นผู้เสียหายจากการค้ามนุษย์: คุ้มครองก่อน ไม่ตั้งข้อหา ไม่ปรับ ไม่กักตัว",
                "ໃຫ້ຖືວ່າເດັກເປັນຜູ້ເສຍຫາຍຈາກການຄ້າມະນຸດ: ປົກປ້ອງກ່ອນ ບໍ່ຕັ້ງຂໍ້ຫາ ບໍ່ປັບໃໝ ບໍ່ກັກຕົວ",
            ),
            relevant="${is_tip} = true()",
            careful=True,
        )
        form.many(
            "punished",
            ("Has the child been", "เด็กถูก", "ເດັກຖືກ"),
            "punished",
            required=True,
            relevant="${status} != 'NOT_TIP'",
            constraint=NOT_WITH_NONE,
            constraint_message=NONE_ALONE,
            sensitivity="legal",
        )
        form.work_out(
            "breach",
            "count-selected(${punished}) > 0 and not(selected(${punished}, 'NONE'))",
            sensitivity="core",
        )
        form.note(
            "breach_note",
            (
                "This breaks the rule of non-punishment. Tell the legal reviewer within 24 hours.",
                "ขัดหลักการไม่ลงโทษผู้เสียหาย แจ้งผู้ตรวจสอบกฎหมายภายใน 24 ชั่วโมง",
                "ຂັດຫຼັກການບໍ່ລົງໂທດຜູ້ເສຍຫາຍ ແຈ້ງຜູ້ກວດກາກົດໝາຍພາຍໃນ 24 ຊົ່ວໂມງ",
            ),
            relevant="${breach} = true()",
            careful=True,
        )
        form.words("remarks", ("What else must the next worker know?", "ผู้รับช่วงควรรู้อะไรอีก", "ຜູ້ຮັບຊ່ວງຄວນຮູ້ຫຍັງອີກ"))


WELLBEING = [
    ("safe", ("Feels and is safe", "รู้สึกและอยู่อย่างปลอดภัย", "ຮູ້ສຶກ ແລະ ຢູ່ຢ່າງປອດໄພ")),
    ("health", ("Health", "สุขภาพ", "ສຸຂະພາບ")),
    ("mind", ("Feelings", "ความรู้สึก", "ຄວາມຮູ້ສຶກ")),
    ("care", ("Care and belonging", "การดูแลและความเป็นส่วนหนึ่ง", "ການດູແລ ແລະ ຄວາມເປັນສ່ວນໜຶ່ງ")),
    ("school", ("Learning or suitable work", "การเรียนหรืองานที่เหมาะสม", "ການຮຽນ ຫຼື ວຽກທີ່ເໝາະສົມ")),
    ("identity", ("Papers and status", "เอกสารและสถานะ", "ເອກະສານ ແລະ ສະຖານະ")),
    ("justice", ("Treated fairly", "ได้รับความเป็นธรรม", "ໄດ້ຮັບຄວາມເປັນທຳ")),
    ("household", ("Household can cope", "ครัวเรือนรับมือได้", "ຄົວເຮືອນຮັບມືໄດ້")),
]


def follow_up(form):
    """Follow-up: day, seen, outcome, next (domain notes 4.8); well-being 1 to 5 only where the child was seen."""
    with form.page("visit", ("The contact", "การติดต่อ", "ການຕິດຕໍ່")):
        form.ask(
            "date",
            "held_on",
            ("Day", "วันที่", "ວັນທີ"),
            required=True,
            constraint=". <= today()",
            constraint_message=("This day is in the future.", "วันนี้อยู่ในอนาคต", "ວັນນີ້ຢູ່ໃນອະນາຄົດ"),
            sensitivity="core",
        )
        form.one("how", ("How", "วิธี", "ວິທີ"), "visit", required=True)
        form.one("seen", ("Was the child seen?", "ได้พบเด็กหรือไม่", "ໄດ້ພົບເດັກບໍ່"), "seen", required=True)
        form.one(
            "outcome",
            ("Since the last time, things are", "ตั้งแต่ครั้งก่อน สถานการณ์", "ຕັ້ງແຕ່ຄັ້ງກ່ອນ ສະຖານະການ"),
            "outcome",
            required=True,
        )
        form.one(
            "safe_now",
            ("Is the child safe today?", "วันนี้เด็กปลอดภัยหรือไม่", "ມື້ນີ້ເດັກປອດໄພບໍ່"),
            "yes_no_unknown",
            required=True,
            relevant="${outcome} != 'NOT_FOUND'",
            careful=True,
        )
        form.work_out(
            "needs_review",
            "${outcome} = 'WORSE' or ${outcome} = 'NEW_CONCERN' or ${outcome} = 'HARM_AGAIN' or ${outcome} = 'NOT_FOUND' or ${safe_now} = 'no'",
        )
        form.note(
            "review",
            ("The case is looked at again within 3 days.", "จะทบทวนกรณีภายใน 3 วัน", "ຈະທົບທວນກໍລະນີພາຍໃນ 3 ວັນ"),
            relevant="${needs_review} = true()",
        )
        form.words(
            "what_changed",
            ("What changed, in short", "สิ่งที่เปลี่ยนไปโดยย่อ", "ສິ່ງທີ່ປ່ຽນໄປໂດຍຫຍໍ້"),
            required=True,
            relevant="${needs_review} = true()",
        )
    with form.page(
        "wellbeing",
        ("Well-being: 1 low, 5 good", "ความเป็นอยู่: 1 ต่ำ 5 ดี", "ຄວາມເປັນຢູ່: 1 ຕ່ຳ 5 ດີ"),
        relevant="${seen} = 'alone' or ${seen} = 'others'",
    ):
        for name, label in WELLBEING:
            form.ask("range", f"wb_{name}", label, parameters="start=1 end=5 step=1")
        form.words("child_words", ("In the child's own words", "คำพูดของเด็กเอง", "ຄຳເວົ້າຂອງເດັກເອງ"))
    with form.page("service", ("Help that was promised", "ความช่วยเหลือที่ตกลงไว้", "ການຊ່ວຍເຫຼືອທີ່ຕົກລົງໄວ້"), kind="repeat"):
        form.one("service_kind", ("Which help?", "ความช่วยเหลือใด", "ການຊ່ວຍເຫຼືອໃດ"), "help", required=True)
        form.one("service_got", ("Did the child get it?", "เด็กได้รับหรือไม่", "ເດັກໄດ້ຮັບບໍ່"), "got", required=True)
        form.words(
            "service_why",
            ("What stood in the way?", "ติดขัดที่ใด", "ຕິດຂັດຢູ່ໃສ"),
            relevant="${service_got} = 'NO' or ${service_got} = 'PART'",
        )
    with form.page("next", ("Next", "ต่อไป", "ຕໍ່ໄປ")):
        form.work_out("services", "count(${service})")
        form.ask(
            "date",
            "next_on",
            ("Next contact on", "ติดต่อครั้งต่อไปวันที่", "ຕິດຕໍ່ຄັ້ງຕໍ່ໄປວັນທີ"),
            required=True,
            constraint=". > ${held_on} and . <= ${held_on} + if(${needs_review} = true(), 3, 90)",
            constraint_message=(
                "After this contact: within 3 days if a review is due, else within 90.",
                "หลังการติดต่อนี้: ภายใน 3 วันหากต้องทบทวน มิฉะนั้นภายใน 90 วัน",
                "ຫຼັງການຕິດຕໍ່ນີ້: ພາຍໃນ 3 ວັນຖ້າຕ້ອງທົບທວນ ຖ້າບໍ່ດັ່ງນັ້ນພາຍໃນ 90 ວັນ",
            ),
            sensitivity="core",
        )


FULL_CLOSE = ("GOALS_MET", "REUNIFIED_STABLE", "DURABLE_OTHER", "AGED_OUT")


def closure(form):
    """Closing: the criteria that apply to the reason (domain notes 4.3). The supervisor's own agreement is an approval, not asked here."""

    def applies(*reasons):
        return " or ".join(f"${{reason}} = '{reason}'" for reason in (*FULL_CLOSE, *reasons))

    with form.page("why", ("Reason", "เหตุผล", "ເຫດຜົນ")):
        form.one("reason", ("Why is the case closed?", "เหตุใดจึงปิดกรณี", "ຍ້ອນຫຍັງຈຶ່ງປິດກໍລະນີ"), "closing", required=True)
        form.words(
            "reason_words",
            ("In a few words", "สั้น ๆ", "ສັ້ນໆ"),
            required=True,
            relevant="${reason} = 'DECLINED_SAFE' or ${reason} = 'UNREACHABLE_CLOSE' or ${reason} = 'LEFT_COUNTRY' or ${reason} = 'DIED'",
        )
    with form.page("criteria", ("What must be so", "สิ่งที่ต้องครบ", "ສິ່ງທີ່ຕ້ອງຄົບ"), relevant="${reason} != ''"):
        form.one(
            "safe",
            (
                "At the last visit, was the child free of high or immediate risk on every concern?",
                "ในการเยี่ยมครั้งล่าสุด เด็กไม่มีความเสี่ยงสูงหรือเร่งด่วนในทุกข้อกังวลหรือไม่",
                "ໃນການຢ້ຽມຄັ້ງຫຼ້າສຸດ ເດັກບໍ່ມີຄວາມສ່ຽງສູງ ຫຼື ທັນທີໃນທຸກຂໍ້ກັງວົນບໍ່",
            ),
            "yes_no",
            required=True,
            relevant=applies(),
            careful=True,
        )
        form.one(
            "goals",
            (
                "Is each goal of the plan met, or its reason written?",
                "ทุกเป้าหมายของแผนบรรลุ หรือมีเหตุผลบันทึกไว้หรือไม่",
                "ທຸກເປົ້າໝາຍຂອງແຜນບັນລຸ ຫຼື ມີເຫດຜົນບັນທຶກໄວ້ບໍ່",
            ),
            "yes_no",
            required=True,
            relevant=applies(),
        )
        form.one(
            "followups",
            ("Are all follow-ups that were due done?", "ติดตามครบตามกำหนดหรือไม่", "ຕິດຕາມຄົບຕາມກຳນົດບໍ່"),
            "yes_no",
            required=True,
            relevant=applies(),
        )
        form.one(
            "referrals",
            ("Has each open referral an owner?", "การส่งต่อที่ค้างอยู่มีผู้รับผิดชอบหรือไม่", "ການສົ່ງຕໍ່ທີ່ຄ້າງມີຜູ້ຮັບຜິດຊອບບໍ່"),
            "yes_no",
            required=True,
            relevant=applies("UNREACHABLE_CLOSE"),
        )
        form.one(
            "justice",
            (
                "If the court case is open, does somebody answer for it?",
                "หากคดียังไม่สิ้นสุด มีผู้รับผิดชอบหรือไม่",
                "ຖ້າຄະດີຍັງບໍ່ສິ້ນສຸດ ມີຜູ້ຮັບຜິດຊອບບໍ່",
            ),
            "yes_no",
            required=True,
            relevant=applies("UNREACHABLE_CLOSE", "DIED"),
            hint=("Yes, too, if there is no court case.", "หากไม่มีคดี ตอบว่าใช่", "ຖ້າບໍ່ມີຄະດີ ຕອບວ່າແມ່ນ"),
        )
        form.one(
            "papers",
            (
                "Are the papers back with the child or family?",
                "คืนเอกสารให้เด็กหรือครอบครัวแล้วหรือไม่",
                "ຄືນເອກະສານໃຫ້ເດັກ ຫຼື ຄອບຄົວແລ້ວບໍ່",
            ),
            "yes_no",
            required=True,
            relevant=applies(),
        )
        form.one(
            "contact",
            (
                "Does the child know whom to call, day and night?",
                "เด็กรู้ว่าจะโทรหาใครได้ทุกเวลาหรือไม่",
                "ເດັກຮູ້ບໍ່ວ່າຈະໂທຫາໃຜໄດ້ທຸກເວລາ",
            ),
            "yes_no",
            required=True,
            relevant=applies("NOT_SUBSTANTIATED", "DECLINED_SAFE"),
            careful=True,
        )
        form.one(
            "feedback",
            (
                "Were child and family asked what they think of the help?",
                "ได้ถามความเห็นของเด็กและครอบครัวเกี่ยวกับความช่วยเหลือหรือไม่",
                "ໄດ້ຖາມຄວາມເຫັນຂອງເດັກ ແລະ ຄອບຄົວກ່ຽວກັບການຊ່ວຍເຫຼືອບໍ່",
            ),
            "yes_no",
            required=True,
            relevant=applies(),
        )
        form.one(
            "searched",
            ("Was the search done as the protocol says?", "ค้นหาตามระเบียบแล้วหรือไม่", "ຊອກຫາຕາມລະບຽບແລ້ວບໍ່"),
            "yes_no",
            required=True,
            relevant="${reason} = 'UNREACHABLE_CLOSE'",
        )
        form.one(
            "death_review",
            ("Was the death reviewed?", "ทบทวนการเสียชีวิตแล้วหรือไม่", "ທົບທວນການເສຍຊີວິດແລ້ວບໍ່"),
            "yes_no",
            required=True,
            relevant="${reason} = 'DIED'",
        )
        form.one(
            "handed_over",
            ("Was a hand-over abroad tried?", "ได้พยายามส่งต่อไปต่างประเทศหรือไม่", "ໄດ້ພະຍາຍາມສົ່ງຕໍ່ໄປຕ່າງປະເທດບໍ່"),
            "yes_no",
            required=True,
            relevant="${reason} = 'LEFT_COUNTRY'",
        )
        criteria = (
            "safe",
            "goals",
            "followups",
            "referrals",
            "justice",
            "papers",
            "contact",
            "feedback",
            "searched",
            "death_review",
            "handed_over",
        )
        form.work_out(
            "unmet",
            "normalize-space(concat(" + ", ".join(f"if(${{{name}}} = 'no', '{name} ', '')" for name in criteria) + "))",
            sensitivity="core",
        )
        form.note(
            "not_yet",
            (
                "The case cannot be closed yet. Do what is answered with “No” first.",
                "ยังปิดกรณีไม่ได้ ทำสิ่งที่ตอบว่า “ไม่ใช่” ให้เสร็จก่อน",
                "ຍັງປິດກໍລະນີບໍ່ໄດ້ ເຮັດສິ່ງທີ່ຕອບວ່າ “ບໍ່ແມ່ນ” ໃຫ້ແລ້ວກ່ອນ",
            ),
            relevant="${unmet} != ''",
        )
    with form.page(
        "views",
        ("The child's view", "ความคิดเห็นของเด็ก", "ຄວາມຄິດເຫັນຂອງເດັກ"),
        relevant=applies("NOT_SUBSTANTIATED", "DECLINED_SAFE"),
    ):
        form.one(
            "how_said",
            ("How could the child say it?", "เด็กบอกได้อย่างไร", "ເດັກບອກໄດ້ແນວໃດ"),
            "can_speak",
            required=True,
        )
        form.words(
            "child_view",
            ("What does the child think about closing?", "เด็กคิดอย่างไรกับการปิดกรณี", "ເດັກຄິດແນວໃດກັບການປິດກໍລະນີ"),
            required=True,
            relevant="${how_said} != '' and ${how_said} != 'REFUSED'",
        )
        form.one(
            "feeling",
            ("How was the help for the child?", "ความช่วยเหลือเป็นอย่างไรสำหรับเด็ก", "ການຊ່ວຍເຫຼືອເປັນແນວໃດສຳລັບເດັກ"),
            "feeling",
            relevant="${feedback} = 'yes'",
        )
        form.words("lessons", ("What did we learn?", "เราได้เรียนรู้อะไร", "ພວກເຮົາໄດ້ຮຽນຮູ້ຫຍັງ"))


def family(form):
    """Before reunification: who lives there, safety, means, wish, why the child left, and whether who harmed is in the house (4.6)."""
    with form.page("visit", ("The visit", "การเยี่ยม", "ການຢ້ຽມຢາມ")):
        form.one("how", ("How was the family assessed?", "ประเมินครอบครัวอย่างไร", "ປະເມີນຄອບຄົວແນວໃດ"), "looked_how", required=True)
        form.note(
            "visit_needed",
            ("At high risk a visit is needed before the child goes home.", "หากความเสี่ยงสูง ต้องเยี่ยมบ้านก่อนเด็กกลับ", "ຖ້າຄວາມສ່ຽງສູງ ຕ້ອງຢ້ຽມບ້ານກ່ອນເດັກກັບ"),
            relevant="${how} = 'phone'",
        )
        form.many("home_people", ("Who lives there?", "ใครอาศัยอยู่ที่นั่น", "ໃຜອາໄສຢູ່ຫັ້ນ"), "at_home", required=True)
        form.one(
            "suspect_at_home",
            ("Does anybody suspected of harming the child live there?", "มีผู้ต้องสงสัยว่าทำร้ายเด็กอาศัยอยู่ที่นั่นหรือไม่", "ມີຜູ້ຖືກສົງໄສວ່າທຳຮ້າຍເດັກອາໄສຢູ່ຫັ້ນບໍ່"),
            "yes_no_unknown", required=True, careful=True,
        )  # fmt: skip
        form.words("home_words", ("Who they are, in short", "คนในบ้านโดยย่อ", "ຄົນໃນເຮືອນໂດຍຫຍໍ້"))
    with form.page("safety", ("Safety and means", "ความปลอดภัยและกำลังของครอบครัว", "ຄວາມປອດໄພ ແລະ ກຳລັງຂອງຄອບຄົວ")):
        form.one("safe_there", ("Is it safe for the child there?", "เด็กจะปลอดภัยที่นั่นหรือไม่", "ເດັກຈະປອດໄພຢູ່ຫັ້ນບໍ່"), "yes_no_unknown", required=True, careful=True)
        form.one(
            "left_solved",
            ("Is the reason why the child left solved?", "เหตุที่เด็กจากบ้านได้แก้ไขแล้วหรือไม่", "ເຫດທີ່ເດັກອອກຈາກບ້ານແກ້ໄຂແລ້ວບໍ່"),
            "yes_no_unknown", required=True,
        )  # fmt: skip
        form.one("can_feed", ("Can the family feed and keep the child?", "ครอบครัวเลี้ยงดูเด็กได้หรือไม่", "ຄອບຄົວລ້ຽງດູເດັກໄດ້ບໍ່"), "yes_no_unknown", required=True)
        form.words("means_words", ("What the family needs", "สิ่งที่ครอบครัวต้องการ", "ສິ່ງທີ່ຄອບຄົວຕ້ອງການ"))
    with form.page("wish", ("What they want", "ความต้องการของครอบครัว", "ຄວາມຕ້ອງການຂອງຄອບຄົວ")):
        form.one("wants_child", ("Does the family want the child back?", "ครอบครัวต้องการรับเด็กกลับหรือไม่", "ຄອບຄົວຕ້ອງການຮັບເດັກກັບບໍ່"), "yes_no_unknown", required=True)
        form.words("wish_words", ("In their own words", "ตามคำพูดของครอบครัว", "ຕາມຄຳເວົ້າຂອງຄອບຄົວ"))


def community(form):
    """Before a return: school, health, how people will meet the child, and traffickers near (4.6)."""
    with form.page("around", ("Around the family", "รอบครอบครัว", "ອ້ອມຄອບຄົວ")):
        form.one("school_near", ("Can the child go to school there?", "เด็กไปโรงเรียนที่นั่นได้หรือไม่", "ເດັກໄປໂຮງຮຽນຢູ່ຫັ້ນໄດ້ບໍ່"), "yes_no_unknown", required=True)
        form.one("health_near", ("Is there health care within reach?", "มีบริการสุขภาพที่เข้าถึงได้หรือไม่", "ມີບໍລິການສຸຂະພາບທີ່ເຂົ້າເຖິງໄດ້ບໍ່"), "yes_no_unknown", required=True)
        form.one(
            "stigma", ("Will people blame or shun the child?", "ผู้คนจะตำหนิหรือรังเกียจเด็กหรือไม่", "ຜູ້ຄົນຈະຕຳໜິ ຫຼື ລັງກຽດເດັກບໍ່"), "yes_no_unknown", required=True
        )
        form.one(
            "traffickers_near",
            ("Are those who traffic or exploit children near?", "มีผู้ค้ามนุษย์หรือผู้แสวงประโยชน์อยู่ใกล้หรือไม่", "ມີຜູ້ຄ້າມະນຸດ ຫຼື ຜູ້ຂູດຮີດເດັກຢູ່ໃກ້ບໍ່"),
            "yes_no_unknown", required=True, careful=True,
        )  # fmt: skip
        form.words("who_helps", ("Who there helps the child and the family?", "ใครที่นั่นช่วยเด็กและครอบครัว", "ໃຜຢູ່ຫັ້ນຊ່ວຍເດັກ ແລະ ຄອບຄົວ"), required=True)


FORMS = [
    (safety, "SAFETY", ("Safety check", "การตรวจความปลอดภัย", "ການກວດຄວາມປອດໄພ")),
    (initial, "INITIAL", ("Initial assessment", "การประเมินเบื้องต้น", "ການປະເມີນເບື້ອງຕົ້ນ")),
    (full, "FULL", ("Comprehensive assessment", "การประเมินอย่างรอบด้าน", "ການປະເມີນຮອບດ້ານ")),
    (bia, "BIA", ("Best-interests assessment", "การประเมินประโยชน์สูงสุด", "ການປະເມີນຜົນປະໂຫຍດສູງສຸດ")),
    (tip_screen, "TIP_SCREEN", ("Trafficking screen", "การคัดกรองการค้ามนุษย์", "ການຄັດກອງການຄ້າມະນຸດ")),
    (follow_up, "FOLLOW_UP", ("Follow-up", "การติดตาม", "ການຕິດຕາມ")),
    (closure, "CLOSURE", ("Closing the case", "การปิดกรณี", "ການປິດກໍລະນີ")),
    (family, "FAMILY", ("Family assessment before reunification", "การประเมินครอบครัวก่อนคืนสู่ครอบครัว", "ການປະເມີນຄອບຄົວກ່ອນກັບຄືນ")),
    (community, "COMMUNITY", ("Community assessment before return", "การประเมินชุมชนก่อนกลับ", "ການປະເມີນຊຸມຊົນກ່ອນກັບ")),
]
