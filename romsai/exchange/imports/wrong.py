"""What can be wrong with a file, a column or a cell, and what to do: one place for the words, so that a page can list them all.

A mistake is kept as codes (`Wrong.kept`) and put into words for whoever reads it, in their language.
"""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as __

# code -> (what is wrong, what to write instead). %(value)s is what the cell says, cut short.
WORDS = {
    # the file
    "empty_file": (__("The file is empty."), __("Choose the file that has the rows.")),
    "no_rows": (__("There is a heading but no row under it."), __("Check that you chose the right file or sheet.")),
    "too_large": (__("The file is larger than %(most)s MB."), __("Split it into several files.")),
    "too_many_rows": (__("The file has more than %(most)s rows."), __("Split it into several files.")),
    "too_many_columns": (__("The file has more than %(most)s columns."), __("Delete the columns that are not needed.")),
    "not_a_table": (__("This is neither a CSV file nor an Excel workbook (.xlsx)."), __("Open it in the program it came from and save it as .xlsx or CSV.")),
    "old_excel": (__("This is an Excel file of the old kind (.xls)."), __("Open it in Excel and save it as .xlsx.")),
    "locked_excel": (__("This workbook is protected by a password."), __("Open it in Excel, take the password off and save it again.")),
    "bad_workbook": (__("The workbook cannot be opened safely. %(reason)s"), __("Copy the sheet into a new workbook, save it as .xlsx and send that.")),
    "no_sheet": (__("The workbook has no sheet with rows."), __("Check that you chose the right file.")),
    "merged_cells": (__("Cells of the sheet are merged (%(where)s)."), __("Undo the merging, so that each row stands for itself.")),
    "unreadable_text": (__("The letters of the file cannot be read."), __("Save it as CSV in UTF-8, or as .xlsx.")),
    "heading_twice": (__("Two columns have the heading “%(value)s”."), __("Give each column a heading of its own.")),
    "no_heading": (__("The first row is not a heading: column %(column)s has rows but no name."), __("Write a name above each column.")),
    "broken_quotes": (__("From row %(row)s on the quotation marks do not match."), __("Check the quotation marks of that row, or send the file as .xlsx.")),
    # the row
    "too_many_cells": (__("The row has more cells than the heading."), __("Check for a comma too many, or put the text with a comma in quotation marks.")),
    "cell_too_long": (__("The text has more than %(most)s letters."), __("Shorten it.")),
    "formula": (__("The cell holds a formula: “%(value)s”."), __("Write the result instead of the formula.")),
    "excel_error": (__("The cell holds an error of the spreadsheet: “%(value)s”."), __("Write the value itself.")),
    "invisible": (__("The cell holds characters that cannot be shown."), __("Delete the text and type it again.")),
    "missing": (__("This must not be empty."), __("Fill it in, or leave the row out.")),
    "twice": (__("“%(value)s” stands in row %(row)s already."), __("Give each its own, or delete one of the two rows.")),
    # values
    "no_name": (__("There is no name."), __("Write the name as it is said, even if it is only a nickname.")),
    "zawgyi": (__("“%(value)s” seems to be typed in Zawgyi."), __("Type it again in Unicode, or it will be found by nobody.")),
    "date": (__("“%(value)s” is not a date."), __("Write day, month and year, such as 27/03/2012, or 2012-03-27, or the year alone.")),
    "excel_day": (__("“%(value)s” looks like a date that the spreadsheet turned into a number."), __("Format the column as a date and save again.")),
    "no_such_day": (__("There is no such day: “%(value)s”."), __("Check day and month; the day comes first.")),
    "future": (__("“%(value)s” is later than today."), __("Check the year.")),
    "long_ago": (__("“%(value)s” is more than %(most)s years ago."), __("Check the year, or say on the page before that the list is a historical one.")),
    "age": (__("“%(value)s” is not an age in years."), __("Write a whole number from 0 to 120.")),
    "sex": (__("“%(value)s” is not a sex that is known here."), __("Write F or M, or say on the page before what the word means.")),
    "word": (__("“%(value)s” is not in the list."), __("Write one of: %(some)s. Or say on the page before what the word means.")),
    "area": (__("There is no area “%(value)s” now."), __("Write its P-code, or its name as in the list of areas.")),
    "area_many": (__("There are %(count)s areas called “%(value)s”."), __("Write the P-code.")),
    "area_ended": (__("The area “%(value)s” ended on %(day)s."), __("Write the area that it belongs to now.")),
    "phone": (__("“%(value)s” cannot be a telephone number."), __("Write it with all its digits.")),
    "number": (__("“%(value)s” is not a whole number."), __("Write digits only.")),
    "yes_no": (__("“%(value)s” is neither yes nor no."), __("Write yes or no.")),
    # kinds
    "worker": (__("Nobody of your agency who works on cases is called “%(value)s”."), __("Write the name or the e-mail as in the list of workers.")),
    "no_worker": (__("Nobody is named who will answer for the child."), __("Name a worker in the row, or one for all rows on the page before.")),
    "least_risk": (__("With this concern the risk is at least “%(least)s”, not “%(value)s”."), __("Write that or higher.")),
    "secret_address": (__("The address is called secret, and yet it stands there."), __("Leave the address empty. Keep it on paper at the shelter.")),
    "no_agency": (__("There is no agency called “%(value)s”."), __("Add the agency first, or leave the column out: the entry then gets one of its own name.")),
    "same_area": (__("The old and the new area are the same."), __("Write the code of the area that it became.")),
    "area_code_taken": (__("The code “%(value)s” belongs to an area that ended."), __("Write a code that was never used.")),
    "area_parent": (__("It is not said in which area “%(value)s” lies."), __("Write the P-code of the province or country it lies in.")),
    "area_before": (__("The change is dated before the area began."), __("Check the day.")),
    # a configuration of Primero: the file
    "no_forms": (__("There is no form of Primero in the file."), __("Export the forms and the lookups from Primero as JSON, and send both.")),
    "config_ruby": (__("“%(value)s” is a program in Ruby. Programs are never run here."), __("Ask whoever looks after Primero to export the configuration as JSON.")),
    "config_not": (__("“%(value)s” is neither JSON nor YAML nor a zip of such files."), __("Export the forms and the lookups from Primero as JSON, and send both.")),
    "config_workbook": (__("This is an Excel workbook, not a configuration of Primero."), __("Export the configuration as JSON. A questionnaire that is an XLSForm is uploaded under Forms.")),
    "config_letters": (__("The letters of “%(value)s” cannot be read."), __("Save the file in UTF-8.")),
    "config_broken": (__("“%(value)s” cannot be read from line %(row)s on."), __("Export it from Primero once more, and send it as it is.")),
    "config_deep": (__("“%(value)s” is nested more than %(most)s levels deep, which no form is."), __("Export it from Primero once more, and send it as it is.")),
    "config_alias": (__("“%(value)s” refers to other parts of itself (& or *) in line %(row)s. Such files can grow without end, so they are not read."), __("Export it as JSON.")),
    "config_tag": (__("“%(value)s” asks in line %(row)s for a program to be run (%(tag)s). Programs are never run here."), __("Export it as JSON.")),
    "config_key_twice": (__("In “%(value)s” the name “%(key)s” stands twice in one place, so one of the two would be lost."), __("Delete one of the two, or export it from Primero once more.")),
    "config_zip": (__("The zip file is damaged."), __("Pack the files once more, or send them one by one.")),
    "config_locked": (__("The zip file is protected by a password."), __("Pack the files without a password.")),
    "config_bomb": (__("The zip file unpacks to more than %(most)s MB, which no configuration does."), __("Pack only the forms and the lookups.")),
    "config_many": (__("The zip file holds more than %(most)s files."), __("Pack only the forms and the lookups.")),
    "form_twice": (__("Two forms are called “%(value)s”."), __("Delete one of the two, or send two files one after the other.")),
    "too_many_forms": (__("There are more than %(most)s forms in the file."), __("Send them in several files.")),
    "too_many_fields": (__("There are more than %(most)s fields in the file."), __("Send the forms in several files.")),
    # a configuration of Primero: what does not come over
    "form_empty": (__("There is nothing in this form that a person fills in here."), ""),
    "form_refused": (__("The questionnaire could not be made: %(some)s"), __("Make it by hand as an XLSForm.")),
    "subform_unused": (__("No form of the file shows this sub-form."), ""),
    "subform_missing": (__("Its sub-form “%(value)s” is not in the file."), __("Export that form as well, and send the files again.")),
    "subform_deep": (__("Its sub-form stands in itself, or too deep."), ""),
    "subform_empty": (__("There is nothing in its sub-form that a person fills in here."), ""),
    "subform_left": (__("It stands in a sub-form that does not come over."), ""),
    "field_system": (__("Primero fills this in by itself."), ""),
    "field_hidden": (__("It is hidden in Primero."), ""),
    "field_upload": (__("Pictures, recordings and papers are not part of a questionnaire."), __("Keep them on the case, under papers.")),
    "field_type": (__("Questionnaires here have no field of the type “%(value)s”."), __("Ask for it in another way, if it is needed.")),
    "field_heading": (__("It is a heading with no question under it."), ""),
    "too_many_questions": (__("The form has too many questions for one questionnaire."), __("Divide it in Primero, or make the rest as an XLSForm.")),
    "calculation_lost": (__("What it works out (%(value)s) cannot be said here."), __("Write the calculation in the workbook of the questionnaire.")),
    "lookup_unused": (__("No form uses the list “%(value)s”."), ""),
    "lookup_twice": (__("The list “%(value)s” stands in the file twice: the first counts."), ""),
    "others_left": (__("“%(value)s” (%(count)s) is neither a form nor a list of choices."), ""),
    # a configuration of Primero: what is different here
    "form_hidden": (__("The form is hidden in Primero."), __("Publish it only if it is wanted.")),
    "condition_form": (__("Primero shows this form only under a condition."), __("Tell the workers when to fill it in.")),
    "condition_other": (__("It is asked always: it depended on “%(value)s”, which this form does not ask."), __("Write the condition in the workbook of the questionnaire.")),
    "condition_later": (__("It is asked always: it depended on “%(value)s”, which is not asked before it."), __("Move the question up in the workbook and write the condition there.")),
    "condition_unknown": (__("It is asked always: its condition cannot be said here."), __("Write the condition in the workbook of the questionnaire.")),
    "condition_choices": (__("All its choices are offered always: Primero leaves some out under a condition."), __("Write a choice filter in the workbook of the questionnaire.")),
    "as_words": (__("Its choices are a list that Primero keeps elsewhere (%(value)s): the answer is typed."), ""),
    "list_missing": (__("Its list “%(value)s” is not in the file: the answer is typed."), __("Export the lookups as well, and send the files again.")),
    "list_empty": (__("Its list “%(value)s” has no choices: the answer is typed."), __("Write the choices in Primero or in the workbook of the questionnaire.")),
    "choice_twice": (__("The choice “%(value)s” stands in its list twice: the first counts."), ""),
    "choice_off": (__("Choices that are switched off in Primero are not offered: %(some)s."), ""),
    "default_lost": (__("It does not begin with “%(value)s” here."), ""),
    "name_changed": (__("It is called “%(value)s” here, because its name was taken or cannot be a name."), ""),
    "label_missing": (__("It has no words in Primero: its name is shown."), __("Write the question in the workbook of the questionnaire.")),
    "field_range": (__("It is asked as two days, the first and the last."), ""),
    "field_tally": (__("It is asked as %(value)s numbers, one for each of its words."), ""),
    "settings_lost": (__("Settings of Primero that have no meaning here: %(some)s."), ""),
    "unsaved": (__("The row could not be saved."), __("Check each of its values, or ask your administrator.")),
    "refused": (__("%(value)s"), ""),
}  # fmt: skip

SHORT = 60


class Wrong(Exception):
    """One mistake. `facts` fill the sentence; the column is added by whoever knows it."""

    def __init__(self, code, value="", **facts):
        super().__init__(code)
        self.code, self.facts = code, {"value": str(value)[:SHORT], **facts}

    def kept(self, column=""):
        return {"code": self.code, "column": column, **self.facts}


def in_words(kept):
    """(what is wrong, what to write instead) in the reader's language."""
    wrong, instead = WORDS[kept["code"]]
    filled = {"value": "", **kept}
    return _(wrong) % filled, (_(instead) % filled if instead else "")


def sentence(kept):
    """Both in one line."""
    return " ".join(part for part in in_words(kept) if part)
